import OpenAI from 'openai'
import { type Gateway, spawnGateway } from '../support/spawn-gateway.ts'

const request = { model: 'speka/sandbox', messages: [{ role: 'user' as const, content: 'Say hello to the world.' }] }
const slow = { ...request, model: 'speka/sandbox:slow', stream: true as const }

let gateway: Gateway
let client: OpenAI

beforeEach(async () => {
  gateway = await spawnGateway()
  client = new OpenAI({ baseURL: gateway.baseURL, apiKey: gateway.key, maxRetries: 0 })
})

afterEach(() => gateway?.close())

describe('a gateway that is told to stop', () => {
  test('finishes the streams under way, and ends in good order', async () => {
    const whole = await client.chat.completions.create(request)
    const stream = await client.chat.completions.create(slow)
    let text = ''
    let stopping: Promise<number | null> | undefined
    for await (const chunk of stream) {
      text += chunk.choices[0]?.delta.content ?? ''
      stopping ??= gateway.stop()
    }
    expect(text).toBe(whole.choices[0]?.message.content)
    expect(await stopping).toBe(0)
  })

  test('knows its records when it is back', async () => {
    const { _request_id: id } = await client.chat.completions.create(request)
    await gateway.restart()
    expect(await recordOf(id)).toMatchObject({ id, outcome: 'complete' })
  })
})

describe('a gateway that is killed', () => {
  test('in the middle of a stream is an error to the caller', async () => {
    const stream = await client.chat.completions.create(slow)
    const read = async () => {
      let pieces = 0
      for await (const chunk of stream) {
        if (chunk.choices[0]?.delta.content) pieces += 1
        if (pieces === 3) await gateway.kill()
      }
    }
    await expect(read()).rejects.toThrow(/terminated|closed|reset/i)
  })

  test.each([{ stream: false }, { stream: true }])(
    'as soon as an answer is complete has its record when it is back (streamed: $stream)',
    async ({ stream }) => {
      const { data, response } = await client.chat.completions.create({ ...request, stream }).withResponse()
      if (Symbol.asyncIterator in data) for await (const chunk of data) expect(chunk.object).toMatch(/chunk$/)
      await gateway.kill()
      await gateway.restart()
      const id = response.headers.get('x-request-id')
      expect(await recordOf(id)).toMatchObject({ id, outcome: 'complete', stream })
    },
  )

  test('can be killed again and again, and keeps every record of a complete answer', async () => {
    const ids: (string | null | undefined)[] = []
    for (let round = 0; round < 3; round += 1) {
      const answers = await Promise.all(Array.from({ length: 10 }, () => client.chat.completions.create(request)))
      ids.push(...answers.map(({ _request_id: id }) => id))
      await gateway.kill()
      await gateway.restart()
    }
    for (const id of ids) expect(await recordOf(id)).toMatchObject({ id, outcome: 'complete' })
  })
})

function recordOf(id: string | null | undefined): Promise<unknown> {
  return client.get('/generation', { query: { id } })
}
