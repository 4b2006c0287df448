import type { Page } from 'playwright-core'
import { codeFor, pageTitle } from './support/sign-in.ts'
import { inBrowser } from './support/world.ts'

/** A device with a finger that is always right, as Chromium's protocol has one: it keeps passkeys as long as the page is open. */
async function withDevice(page: Page): Promise<void> {
  const session = await page.context().newCDPSession(page)
  await session.send('WebAuthn.enable')
  await session.send('WebAuthn.addVirtualAuthenticator', {
    options: {
      protocol: 'ctap2',
      transport: 'internal',
      hasResidentKey: true,
      hasUserVerification: true,
      isUserVerified: true,
      automaticPresenceSimulation: true,
    },
  })
}

inBrowser('who adds a passkey', (world) => {
  test('signs in by it without an address, and by none that was removed', async () => {
    const { page } = await world().visitor()
    const { site } = world()
    await withDevice(page)
    await page.goto(`${site}/signup`)
    await page.getByLabel('E-mail address').fill('eve@acme.example')
    await page.getByRole('button', { name: 'Send me a code' }).click()
    await page.getByLabel('Six digits').fill(await codeFor(world(), 'eve@acme.example'))
    await page.getByRole('button', { name: 'Make an account' }).click()
    await page.getByRole('link', { name: 'Open the console' }).click()
    await page.getByRole('link', { name: 'Passkeys' }).click()
    await pageTitle(page, 'Passkeys').waitFor()
    await page.getByRole('button', { name: 'Add a passkey' }).click()
    await page.getByLabel('Name').fill('my laptop')
    await page.getByRole('button', { name: 'Continue' }).click()
    await page.getByRole('cell', { name: 'my laptop' }).waitFor()

    await page.getByRole('button', { name: 'Sign out', exact: true }).click()
    await page.goto(`${site}/login`)
    await page.getByRole('button', { name: 'Sign in with a passkey' }).click()
    await page.waitForURL(`${site}/console`)

    // From another page he comes back to it, whatever a link says that leads elsewhere.
    await page.getByRole('button', { name: 'Sign out', exact: true }).click()
    await page.goto(`${site}/console/keys?status=active`)
    await page.getByRole('link', { name: 'Sign in' }).click()
    await page.getByRole('button', { name: 'Sign in with a passkey' }).click()
    await page.waitForURL(`${site}/console/keys?status=active`)
    await page.getByRole('button', { name: 'Sign out', exact: true }).click()
    await page.goto(`${site}/login?back=${encodeURIComponent('//evil.example')}`)
    await page.getByRole('button', { name: 'Sign in with a passkey' }).click()
    await page.waitForURL(`${site}/console`)
    await page.getByText('eve@acme.example').first().waitFor()

    await page.getByRole('link', { name: 'Passkeys' }).click()
    await page.getByRole('button', { name: 'Remove' }).click()
    await page.getByRole('alertdialog').getByRole('button', { name: 'Remove' }).click()
    await page.getByText('You have no passkey yet.').waitFor()
    await page.getByRole('button', { name: 'Sign out', exact: true }).click()
    await page.goto(`${site}/login`)
    await page.getByRole('button', { name: 'Sign in with a passkey' }).click()
    await page.getByText(/The passkey is no passkey that is known here/).waitFor()
  })
})
