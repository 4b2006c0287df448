import { fullAccount, holder, operationParts } from './__fixtures__/two-accounts.ts'
import { showLabels } from './show-labels.ts'

test('an account’s labels have its teams, what its keys bear, and its limits', async () => {
  const { parts } = operationParts()
  const { account, team, limit } = await fullAccount(parts, 'mine')
  await fullAccount(parts, 'other')
  expect(await showLabels(parts, holder(account, 'viewer'), {})).toMatchObject({
    teams: [{ id: team }],
    keys: [{ account, team, environment: null, status: 'active' }],
    limits: [{ id: limit }],
  })
})

test('which keys there are is not told to who may not know it', async () => {
  const { parts } = operationParts()
  const { account } = await fullAccount(parts, 'mine')
  expect((await showLabels(parts, holder(account, 'billing'), {})).keys).toBeNull()
})
