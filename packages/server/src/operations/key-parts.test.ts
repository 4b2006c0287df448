import { fullAccount, holder, operationParts } from './__fixtures__/two-accounts.ts'
import { listKeys } from './list-keys.ts'

test('a list of keys has what was asked for beside them: how full their limits are, and what their teams are called', async () => {
  const { parts } = operationParts()
  const { account, limit } = await fullAccount(parts, 'mine')
  const viewer = holder(account, 'viewer')
  const [bare] = await listKeys(parts, viewer, {})
  expect(bare).not.toHaveProperty('team_name')
  expect(bare?.limits[0]).not.toHaveProperty('spent_usd')
  const [full] = await listKeys(parts, viewer, { include: 'limits,team' })
  expect(full).toMatchObject({
    ...bare,
    team_name: 'mine team',
    limits: [{ id: limit, limit: '5', spent_usd: '0', held_usd: '0', left_usd: '5' }],
  })
})

test('what else is asked for is refused', async () => {
  const { parts } = operationParts()
  const { account } = await fullAccount(parts, 'mine')
  await expect(listKeys(parts, holder(account, 'owner'), { include: 'secret' })).rejects.toMatchObject({
    code: 'invalid_value',
    param: 'include',
  })
})
