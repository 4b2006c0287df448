import type { Page } from 'playwright-core'
import { eventually } from '../../support/eventually.ts'
import type { Visitor } from './visitor.ts'
import type { World } from './world.ts'

/** Signs in with the admin token, as a person does. */
export async function signInAsOperator({ operator, gateway }: World, { page }: Visitor): Promise<void> {
  await page.goto(`${operator}/console`)
  await sayToken(page, gateway.adminToken)
  await pageTitle(page, 'Overview').waitFor()
}

export async function sayToken(page: Page, token: string): Promise<void> {
  await page.getByLabel('Admin token').fill(token)
  await page.getByRole('button', { name: 'Sign in' }).click()
}

/** Makes a visitor the operator without looking at a page, for stories that begin after that. */
export async function enterAsOperator({ operator, gateway }: World, { context }: Visitor): Promise<void> {
  const answer = await context.request.post(`${operator}/api/v1/session`, { data: { token: gateway.adminToken } })
  if (!answer.ok()) throw new Error(`The operator is not let in: ${answer.status()} ${await answer.text()}`)
}

/** Makes a visitor a member of his account by a code, without looking at a page. */
export async function enterAsMember(world: World, { context }: Visitor, email: string): Promise<void> {
  const send = async (path: string, data: object): Promise<void> => {
    const answer = await context.request.post(`${world.site}/api/v1/sign-in/${path}`, { data })
    if (!answer.ok()) throw new Error(`${email} is not let in: ${answer.status()} ${await answer.text()}`)
  }
  await send('code', { email })
  await send('verify', { email, code: await codeFor(world, email) })
}

/** The heading that says which page it is. */
export const pageTitle = (page: Page, name: string | RegExp) => page.getByRole('heading', { level: 1, name })

/** The newest code that the operator's log holds for an address: it is there where no mail is set up. */
export const codeFor = (world: World, email: string): Promise<string> => newCodeFor(world, email, '')

/** The one that comes after `before`. */
export async function newCodeFor({ gateway }: World, email: string, before: string): Promise<string> {
  const found = (): string | undefined =>
    gateway
      .logs()
      .split('\n')
      .filter((line) => line.includes(email))
      .flatMap((line) => line.match(/\b\d{6}\b/g) ?? [])
      .at(-1)
  await eventually(() => (found() ?? before) !== before, `the log holds a code for ${email}`)
  return found() ?? ''
}
