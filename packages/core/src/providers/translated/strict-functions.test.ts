import { knownProviders } from '../known-providers.ts'
import type { Provider } from '../provider.ts'
import { callOf, firstStep, target } from '../run-provider.contract.ts'
import { join } from '../../bytes/splice.ts'

const parameters = {
  type: 'object',
  properties: { a: { type: 'string' } },
  required: ['a'],
  additionalProperties: false,
}
const tools = [{ type: 'function', function: { name: 'f', strict: true, parameters } }]
const chatProviders = Object.entries(knownProviders)
  .map(([type, { adapter }]): [string, Provider] => [type, adapter])
  .filter(([, { chat }]) => chat !== undefined)

test.each(chatProviders)('%s gets a strict tool as strict, or the caller is told', (_, provider) => {
  const call = callOf(JSON.stringify({ model: 'a', messages: [{ role: 'user', content: 'Hi' }], tools }))
  const sent = join(firstStep(provider, call, target).body ?? []).toString()
  const lost = provider.chat?.unsupported?.(call, target) ?? []
  expect([
    sent.includes('"strict":true'),
    lost.some((name) => name === 'tools' || name === 'tools.function.strict'),
  ]).toContain(true)
  expect(sent.includes('"strict":true')).toBe(lost.length === 0)
})
