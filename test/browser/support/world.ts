import type { Browser } from 'playwright-core'
import { freePort } from '../../support/free-port.ts'
import { spawnGateway, type Gateway, type SpawnOptions } from '../../support/spawn-gateway.ts'
import { describeInBrowser, launch } from './launch.ts'
import { managementOf, type Management } from './management.ts'
import { visit, type Sight, type Visitor } from './visitor.ts'

/** A built gateway with its site, and a browser before it. */
export interface World {
  readonly gateway: Gateway
  /** Where everybody is served: `http://localhost:…`, a name, as passkeys need it. */
  readonly site: string
  /** Where the operator is served. */
  readonly operator: string
  /** What a story needs to be there already, made as a program would. */
  readonly management: Management
  /** A window that nobody else has used. Whatever goes wrong in it fails the test that opened it. */
  visitor(sight?: Sight): Promise<Visitor>
  /** The same for all tests of a suite, to be opened before them. Whatever goes wrong fails the test in which it does. */
  resident(sight?: Sight): Promise<Visitor>
}

/** How the gateway of a story is set up, beside what every one has. */
export interface Setting {
  /** Added to what a `speka.yaml` would hold. */
  readonly config?: object
  readonly env?: SpawnOptions['env']
  /** Said to `speka start` as well. */
  readonly args?: SpawnOptions['args']
  /** Where its site and its operator's listener are, for whoever has to know. */
  readonly ports?: { readonly site: number; readonly operator: number }
}

/**
 * Tests in a browser, with a gateway of their own that has no key of any provider. They are skipped when there is no browser.
 *
 * @param setting what the story needs, or what makes it ready.
 */
export function inBrowser(
  name: string,
  tests: (world: () => World) => void,
  setting: Setting | (() => Promise<Setting>) = {},
): void {
  describeInBrowser(name, () => {
    let browser: Browser | undefined
    let gateway: Gateway | undefined
    let world: World | undefined
    let visitors: Visitor[] = []
    const residents: Visitor[] = []

    beforeAll(async () => {
      const { config, env, args, ports } = typeof setting === 'function' ? await setting() : setting
      const port = ports?.site ?? (await freePort())
      const site = `http://localhost:${port}`
      gateway = await spawnGateway(
        { site: { enabled: true, public_url: site, sign_up: 'open' }, ...config },
        {
          port,
          built: true,
          ...(env !== undefined && { env }),
          ...(args !== undefined && { args }),
          ...(ports !== undefined && { adminPort: ports.operator }),
        },
      )
      browser = await launch()
      const operator = gateway.adminOrigin
      const open = async (sight: Sight | undefined, among: Visitor[]): Promise<Visitor> => {
        const visitor = await visit(browser ?? raise('There is no browser.'), [site, operator], sight)
        among.push(visitor)
        return visitor
      }
      world = {
        gateway,
        site,
        operator,
        management: managementOf(gateway),
        visitor: (sight) => open(sight, visitors),
        resident: (sight) => open(sight, residents),
      }
    })

    afterEach(async () => {
      const leaving = visitors
      visitors = []
      const problems = [...leaving, ...residents].flatMap((visitor) => visitor.problems())
      for (const visitor of leaving) await visitor.close()
      expect(problems).toEqual([])
    })

    afterAll(async () => {
      await browser?.close()
      await gateway?.close()
    })

    tests(() => world ?? raise('The gateway has not started.'))
  })
}

function raise(words: string): never {
  throw new Error(words)
}
