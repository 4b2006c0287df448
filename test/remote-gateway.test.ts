import { createGateway, SpekaError, type ChatChunk, type Gateway, type UsageRecord } from '@speka/core/node'
import { spawnGateway, type Gateway as Server } from './support/spawn-gateway.ts'

const messages = [{ role: 'user', content: 'Hello!' }]

describe('a gateway in process that goes through a server', () => {
  let server: Server
  let speka: Gateway
  const records: UsageRecord[] = []

  beforeAll(async () => {
    server = await spawnGateway()
    const keep = records.push.bind(records)
    speka = createGateway({ apiKey: server.key, baseURL: server.baseURL, onUsage: (record) => void keep(record) })
  }, 40_000)

  afterAll(() => server?.close())

  const recordOf = async (id: string | undefined): Promise<Record<string, unknown>> => {
    const response = await fetch(`${server.baseURL}/generation?id=${id}`, {
      headers: { authorization: `Bearer ${server.key}` },
    })
    return (await response.json()) as Record<string, unknown>
  }

  test("names the model that the server chose, at the server's price, in one attempt of its own", async () => {
    const answer = await speka.chat({ model: 'speka/sandbox:500', models: ['speka/sandbox'], messages })
    expect(answer.model).toBe('speka/sandbox')
    expect(answer.attempts).toHaveLength(1)
    expect(records.at(-1)).toMatchObject({ requestedModel: 'speka/sandbox:500', model: 'speka/sandbox' })
    const kept = await recordOf(answer.id)
    expect(kept).toMatchObject({ model: 'speka/sandbox', cost_details: { total: answer.cost } })
    expect(kept['attempts']).toHaveLength(2)
  })

  test('streams with the same truth', async () => {
    const stream = speka.streamChat({
      model: 'speka/sandbox:429x1',
      messages,
      stream_options: { include_usage: true },
    })
    const chunks: ChatChunk[] = []
    for await (const chunk of stream) chunks.push(chunk)
    const kept = await recordOf(chunks[0]?.id)
    expect(chunks.at(-1)?.usage?.cost_details).toEqual(kept['cost_details'])
    expect(records.at(-1)).toMatchObject({ outcome: 'complete', model: 'speka/sandbox:429x1' })
  })

  test("passes on the server's hints for what the caller can mend", async () => {
    const error: unknown = await speka.chat({ model: 'speka/sandbux', messages }).catch((thrown: unknown) => thrown)
    expect(SpekaError.is(error) && error.code).toBe('model_not_found')
    expect(String(error)).toContain('Did you mean "speka/sandbox"?')
  })

  test('throws in the middle of a stream that breaks there', async () => {
    const told: string[] = []
    const reading = (async () => {
      for await (const chunk of speka.streamChat({ model: 'speka/sandbox:cut@3', messages })) {
        told.push(chunk.choices[0]?.delta.content ?? '')
      }
    })()
    await expect(reading).rejects.toThrow('Provider "speka"')
    expect(told.join('')).not.toBe('')
  })
})
