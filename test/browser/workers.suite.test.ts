import { eventually } from '../support/eventually.ts'
import { settled } from './support/settled.ts'
import { enterAsMember, enterAsOperator } from './support/sign-in.ts'
import type { Visitor } from './support/visitor.ts'
import { inBrowser } from './support/world.ts'

/** Asks two models at once, which come by connections of their own, and has a route explained. */
async function playAndExplain({ page }: Visitor, origin: string): Promise<void> {
  const models = encodeURIComponent('speka/sandbox speka/sandbox')
  await page.goto(`${origin}/console/playground?models=${models}`)
  await page.getByLabel('User message').fill('Hello!')
  await page.getByRole('button', { name: 'Ask 2 models' }).click()
  await page.getByText('complete', { exact: true }).nth(1).waitFor()
  await page.getByRole('link', { name: 'Its record' }).first().click()
  await page.getByText('Asked for').waitFor()
  await page.goto(`${origin}/console/routing`)
  await settled(page)
  await page.getByRole('button', { name: 'Explain' }).click()
  await page.getByText('It would be tried here, in this order').waitFor()
}

inBrowser(
  'of a gateway with several workers',
  (world) => {
    beforeAll(async () => {
      await eventually(
        () =>
          world()
            .management.call('GET', '/accounts')
            .then(
              () => true,
              () => false,
            ),
        'the operator’s listener answers',
      )
    })

    test('any answers the playground, and explains a route: to the operator', async () => {
      const visitor = await world().visitor()
      await enterAsOperator(world(), visitor)
      for (let asked = 0; asked < 3; asked += 1) await playAndExplain(visitor, world().operator)
    })

    test('and to a member', async () => {
      const { management } = world()
      const { id } = await management.account('Acme')
      await management.call('POST', '/members', { account: id, email: 'ada@acme.example', role: 'owner' })
      for (let asked = 0; asked < 3; asked += 1) {
        const visitor = await world().visitor()
        await enterAsMember(world(), visitor, 'ada@acme.example')
        await playAndExplain(visitor, world().site)
      }
    })
  },
  { args: ['--workers', '2'] },
)
