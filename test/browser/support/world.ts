import type { Browser } from 'playwright-core'
import { freePort } from '../../support/free-port.ts'
import { spawnGateway, type Gateway } from '../../support/spawn-gateway.ts'
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
}

/**
 * Tests in a browser, with a gateway of their own that has no key of any provider. They are skipped when there is no browser.
 *
 * @param config added to what a `speka.yaml` would hold.
 */
export function inBrowser(name: string, tests: (world: () => World) => void, config: object = {}): void {
  describeInBrowser(name, () => {
    let browser: Browser | undefined
    let gateway: Gateway | undefined
    let world: World | undefined
    let visitors: Visitor[] = []

    beforeAll(async () => {
      const port = await freePort()
      const site = `http://localhost:${port}`
      gateway = await spawnGateway(
        { site: { enabled: true, public_url: site, sign_up: 'open' }, ...config },
        { port, built: true },
      )
      browser = await launch()
      world = {
        gateway,
        site,
        operator: gateway.adminOrigin,
        management: managementOf(gateway),
        async visitor(sight) {
          const visitor = await visit(
            browser ?? raise('There is no browser.'),
            [site, gateway?.adminOrigin ?? ''],
            sight,
          )
          visitors.push(visitor)
          return visitor
        },
      }
    })

    afterEach(async () => {
      const leaving = visitors
      visitors = []
      const problems = []
      for (const visitor of leaving) {
        problems.push(...(await visitor.problems()))
        await visitor.close()
      }
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
