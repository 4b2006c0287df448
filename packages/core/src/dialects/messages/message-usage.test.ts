import { messageUsage } from './message-usage.ts'

const counted = { prompt_tokens: 9, completion_tokens: 4 }
const usage = { input_tokens: 9, cache_read_input_tokens: 0, cache_creation_input_tokens: 0, output_tokens: 4 }

test.each(['estimated', 'capped'])('counts are told to be %s where they are, and nowhere else', (mark) => {
  expect(messageUsage({ ...counted, [mark]: true })).toEqual({ ...usage, [mark]: true })
  expect(messageUsage({ ...counted, [mark]: false })).toEqual(usage)
  expect(messageUsage({ ...counted, [mark]: 'yes' })).toEqual(usage)
})

test('the cost is told as a number and as exact text, each where it is known', () => {
  expect(messageUsage({ ...counted, cost: 0.5, cost_details: { total: '0.5' } })).toEqual({
    ...usage,
    cost: 0.5,
    cost_details: { total: '0.5' },
  })
  expect(messageUsage({ ...counted, cost: '0.5', cost_details: null })).toEqual(usage)
})

test('without any usage nothing was used', () => {
  expect(messageUsage(undefined)).toEqual({ ...usage, input_tokens: 0, output_tokens: 0 })
})
