import { completion, json, saying, stream } from '../attempt/transport.fake.ts'
import { ask, type AskOptions } from '../front/ask.fake.ts'
import { formatUsd } from '../money.ts'
import { createFakeAdmission } from './admission.fake.ts'
import type { AppliedMoney } from './limit.ts'
import { limitedBy, moneyLimit } from './limits.fake.ts'

/** Asks under limits. @returns what was told of them, in order, with what the store did. */
function asked(money: readonly AppliedMoney[], script: Parameters<typeof ask>[0], options: AskOptions = {}) {
  const told: string[] = []
  const limits = {
    ...limitedBy(money, createFakeAdmission()),
    notices: {
      spent: (budgets: readonly { id: string }[], charge: Parameters<typeof formatUsd>[0]) =>
        void told.push(`${budgets.map(({ id }) => id).join(' ')}: ${formatUsd(charge)}`),
      refused: ({ id }: { id: string }) => void told.push(`${id} refused`),
    },
  }
  const settle = () => void told.push('kept')
  return { told, call: ask(script, { limits, settle, ...options }) }
}

const roomy = moneyLimit({ usd: '10', id: 'roomy' })
const told = moneyLimit({ usd: '0', id: 'told', onReached: 'notify' })

test.each([true, false])('what is spent is told once its row is kept, of every limit (stream: %p)', async (streams) => {
  const script = [streams ? stream(saying('Hi')) : json(200, completion())]
  const { told: said, call } = asked([roomy, told], script, { stream: streams })
  await call.over()
  expect(said).toEqual(['kept', 'roomy@0 told@0: 0.00002'])
})

test('what could not be kept is not told', async () => {
  const { told: said, call } = asked([roomy], [stream(saying('Hi'))], {
    settle: () => Promise.reject(new Error('disk full')),
  })
  await call.over()
  expect(said).toEqual([])
})

test('what costs nothing is not told', async () => {
  const { told: said, call } = asked([roomy], () => json(500, {}))
  await call.over()
  expect(said).toEqual(['kept'])
})

test('a refusal is told', async () => {
  const { told: said, call } = asked([moneyLimit({ usd: '0', id: 'empty' })], [])
  await call.clock.advance(0)
  expect([call.error?.status, said]).toEqual([402, ['empty@0 refused']])
})

test('a call that goes to a limit’s own models is told as one that the limit would have refused', async () => {
  const limit = moneyLimit({ usd: '0', id: 'cheap', onReached: 'fallback', fallback: ['b'] })
  const { told: said, call } = asked([limit], [stream(saying('Hi'))])
  await call.over()
  expect(said).toEqual(['cheap@0 refused', 'kept', 'cheap@0: 0.00002'])
})
