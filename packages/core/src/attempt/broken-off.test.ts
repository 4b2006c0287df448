import { ask, config } from '../front/ask.fake.ts'
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

describe('an answer of Claude with an end mark, but no word of why it ends', () => {
  const claude = {
    ...config,
    providers: { ...config.providers, anthropic: { type: 'anthropic' as const, api_key: 'key-a' } },
    models: {
      ...config.models,
      claude: { targets: [{ provider: 'anthropic', model: 'claude-opus-5' }], price: { input: '1', output: '2' } },
    },
  }
  const begun = [
    { type: 'message_start', message: { id: 'm', role: 'assistant', content: [], usage: { input_tokens: 3 } } },
    { type: 'content_block_delta', index: 0, delta: { type: 'text_delta', text: 'The first half' } },
  ]
  const stop = { type: 'message_stop' }

  test.each([
    ['none', [stop]],
    ['null', [{ type: 'message_delta', delta: { stop_reason: null }, usage: { output_tokens: 9 } }, stop]],
  ])('has broken off, and costs nothing: %s', async (_, end) => {
    const asked = await ask([stream([...begun, ...end].map(event))], { config: claude, model: 'claude' }).over()
    expect(asked.text).toBe('The first half')
    expect(asked.error).toMatchObject({ status: 502 })
    expect(asked.endedWithDone).toBe(false)
    expect(asked.record).toMatchObject({ outcome: 'interrupted', charge: 0n })
  })
})
