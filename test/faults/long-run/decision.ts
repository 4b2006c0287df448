import { mintRequestId, writeChatCall } from '@speka/core/internal'
import { createEngine } from '../../../packages/core/src/create-engine.ts'
import { createUndiciTransport, realClock } from '@speka/core/node'
import { atMost, percentile, told, type Figure } from './figure.ts'
import type { Options } from './options.ts'

const TARGETS = 20
const BATCHES = 200
const IN_A_BATCH = 1000
const LIMIT_US = 5

/** Of many batches the quicker ones tell: what is slower had the processor taken away. */
const SHARE = 0.1

/** How long it takes to decide where a request goes. */
export function decision({ patience }: Options): Figure[] {
  const names = Array.from({ length: TARGETS }, (_, index) => `provider-${index}`)
  const times = (strategy: 'ordered' | 'price' | 'latency'): number[] => {
    const engine = createEngine({
      config: {
        providers: Object.fromEntries(
          names.map((name) => [name, { type: 'openai-compatible', base_url: `http://${name}` } as const]),
        ),
        models: {
          m: { targets: names.map((provider) => ({ provider })), price: { input: '1', output: '2' } },
        },
        routing: { strategy },
      },
      instanceId: 'here',
      transport: createUndiciTransport(),
      clock: realClock,
      random: Math.random,
    })
    const call = writeChatCall(
      { model: 'm', messages: [{ role: 'user', content: 'Hello!' }] },
      { id: mintRequestId(Date.now()), receivedAt: Date.now() },
    )
    for (let warm = 0; warm < 20_000; warm += 1) engine.plan(call)
    return Array.from({ length: BATCHES }, () => {
      const since = performance.now()
      for (let turn = 0; turn < IN_A_BATCH; turn += 1) engine.plan(call)
      return ((performance.now() - since) * 1000) / IN_A_BATCH
    })
  }
  return [
    atMost('routing decision, 20 targets in order', percentile(times('ordered'), SHARE), LIMIT_US * patience, ' µs'),
    told('  by price', `${percentile(times('price'), SHARE).toFixed(2)} µs`),
    told('  by latency', `${percentile(times('latency'), SHARE).toFixed(2)} µs`),
  ]
}
