import { ask } from '../front/ask.fake.ts'
import { completion, done, event, json, saying, stream, usageEvent, word } from './transport.fake.ts'

const ending = (reason: string) =>
  event({
    id: 'up-1',
    object: 'chat.completion.chunk',
    created: 1_700_000_000,
    model: 'up',
    choices: [{ index: 0, delta: {}, finish_reason: reason }],
  })
const answerThat = (reason: string) => ({ ...completion('half'), choices: [{ index: 0, finish_reason: reason }] })

describe.each(['abort', 'cancelled', 'timeout', 'network_error', 'error'])(
  'an answer that ends with "%s"',
  (reason) => {
    test('ends in an error and costs nothing, although the upstream marks its end and counts', async () => {
      const broken = stream([word('The first half'), ending(reason), usageEvent, done])
      const asked = await ask([broken]).over()
      expect(asked.text).toBe('The first half')
      expect(asked.error).toMatchObject({ status: 502 })
      expect(asked.endedWithDone).toBe(false)
      expect(asked.record).toMatchObject({ outcome: 'interrupted', charge: 0n })
    })

    test('makes way for another try while nothing was said', async () => {
      const asked = await ask([stream([ending(reason), done]), stream(saying('Hi'))]).over()
      expect(asked.text).toBe('Hi')
    })

    test('makes way for another in JSON', async () => {
      const tries = [json(200, answerThat(reason)), json(200, completion('Hi'))]
      const asked = await ask(tries, { model: 'b', stream: false }).over()
      expect(asked.completion.choices[0]?.message.content).toBe('Hi')
      expect(asked.record.attempts).toHaveLength(2)
    })
  },
)
