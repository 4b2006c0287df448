import { freePort } from '../support/free-port.ts'
import { CLIENT, startOidcIssuer, type OidcIssuer } from '../support/oidc-issuer.ts'
import { overflow, picture, severeFindings } from './support/look.ts'
import { settled } from './support/settled.ts'
import { pageTitle } from './support/sign-in.ts'
import type { Visitor } from './support/visitor.ts'
import { inBrowser, type Setting } from './support/world.ts'

let issuer: OidcIssuer | undefined
let gone = ''

/** A gateway that knows a real provider, and one at whose address nobody answers. */
async function withProviders(): Promise<Setting> {
  const ports = { site: await freePort(), operator: await freePort() }
  const [site, operator] = [`http://localhost:${ports.site}`, `http://127.0.0.1:${ports.operator}`]
  issuer = await startOidcIssuer([site, operator].map((origin) => `${origin}/auth/oidc/acme/callback`))
  gone = `http://127.0.0.1:${await freePort()}`
  const provider = { client_id: CLIENT.id, client_secret: CLIENT.secret, roles: { staff: 'viewer', leads: 'admin' } }
  return {
    ports,
    config: {
      identity: {
        oidc: [
          { ...provider, name: 'acme', issuer: issuer.issuer, operator_group: 'operators' },
          { ...provider, name: 'gone', issuer: gone },
        ],
      },
    },
  }
}

const provider = (): OidcIssuer => issuer ?? raise('The provider has not started.')

inBrowser(
  'who signs in at his company’s provider',
  (world) => {
    afterAll(() => issuer?.close())

    /** Who is signed in there already, and comes from a browser of his own. */
    async function employee(name: string, ...groups: string[]): Promise<Visitor> {
      provider().user = { sub: name, email: `${name}@acme.example`, email_verified: true, groups }
      return world().visitor({ origins: [provider().issuer], statuses: [503] })
    }

    const signIn = async ({ page }: Visitor): Promise<void> => {
      await page.goto(`${world().site}/login`)
      await page.getByRole('link', { name: 'Sign in with acme' }).click()
    }

    test('is a member at once, in the role of his groups', async () => {
      const ann = await employee('ann', 'leads', 'others')
      await signIn(ann)
      await pageTitle(ann.page, 'Overview').waitFor()
      await ann.page.getByText('ann@acme.example is admin of').waitFor()
      await ann.page.getByRole('link', { name: 'Members' }).click()
      await pageTitle(ann.page, 'Members').waitFor()
      await ann.page.getByRole('button', { name: 'Invite' }).waitFor()
    })

    test('has less to press when his groups give him less, from his next sign-in on', async () => {
      await signIn(await employee('bob', 'leads'))
      const bob = await employee('bob', 'staff')
      await signIn(bob)
      await bob.page.getByText('bob@acme.example is viewer of').waitFor()
      await bob.page.goto(`${world().site}/console/members`)
      await settled(bob.page)
      expect(await bob.page.getByRole('button', { name: 'Invite' }).count()).toBe(0)
    })

    test('is out everywhere once no group of his gives him a role, and is told why', async () => {
      const before = await employee('cy', 'staff')
      await signIn(before)
      await pageTitle(before.page, 'Overview').waitFor()
      const after = await employee('cy', 'others')
      await signIn(after)
      await after.page.getByText('None of your groups at acme gives you a role here').waitFor()
      await before.page.getByRole('link', { name: 'Sign in' }).waitFor()
    })

    test('is the operator by his group, on the operator’s listener alone', async () => {
      const olga = await employee('olga', 'operators')
      await olga.page.goto(`${world().operator}/auth/oidc/acme`)
      await olga.page.getByText('Signed in as the operator').waitFor()
      await signIn(olga)
      await olga.page.getByText('None of your groups at acme gives you a role here').waitFor()
    })

    test('comes back to the page that he wanted to see, as the operator and as a member', async () => {
      const olga = await employee('olga', 'operators')
      await olga.page.goto(`${world().operator}/console/requests?outcome=failed`)
      await olga.page.getByRole('link', { name: 'Sign in with acme' }).click()
      await pageTitle(olga.page, 'Requests').waitFor()
      expect(olga.page.url()).toBe(`${world().operator}/console/requests?outcome=failed`)
      expect(await olga.page.getByRole('link', { name: 'Sign in with gone' }).count()).toBe(0)

      const ann = await employee('ann', 'leads')
      await ann.page.goto(`${world().site}/console/members?q=ann`)
      await ann.page.getByRole('link', { name: 'Sign in' }).click()
      await ann.page.getByRole('link', { name: 'Sign in with acme' }).click()
      await pageTitle(ann.page, 'Members').waitFor()
      expect(ann.page.url()).toBe(`${world().site}/console/members?q=ann`)
    })

    test('is told so when he presses cancel there', async () => {
      const dan = await employee('dan', 'staff')
      provider().cancels = true
      try {
        await signIn(dan)
        await dan.page.getByText('acme has not let you in').waitFor()
        await picture(dan.page, 'not-signed-in')
        // Its own style is the one that its policy lets in.
        expect(await dan.page.evaluate("getComputedStyle(document.querySelector('main')).maxWidth")).toBe('512px')
        expect([await overflow(dan.page), await severeFindings(dan.page)]).toEqual([0, []])
      } finally {
        provider().cancels = false
      }
    })

    test('is told when the provider is down, and can come in another way', async () => {
      const eve = await employee('eve', 'staff')
      await eve.page.goto(`${world().site}/login`)
      await eve.page.getByRole('link', { name: 'Sign in with gone' }).click()
      await eve.page.getByText('gone does not answer at the moment').waitFor()
      await signIn(eve)
      await pageTitle(eve.page, 'Overview').waitFor()
    })
  },
  withProviders,
)

function raise(words: string): never {
  throw new Error(words)
}
