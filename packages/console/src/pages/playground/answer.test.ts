import { noAnswer, withChunk, withWhole } from './answer.ts'
import { eventsOf } from './events-of.ts'

const chunk = (delta: object, more: object = {}): string => JSON.stringify({ choices: [{ delta }], ...more })

const folded = (...chunks: string[]) => chunks.reduce(withChunk, noAnswer)

test('text is put together, with why it ended, and what was used', () => {
  const usage = { prompt_tokens: 3, completion_tokens: 2, cost_details: { total: '0.000001' } }
  expect(
    folded(
      chunk({ role: 'assistant', content: '' }),
      chunk({ content: 'Hel' }),
      chunk({ content: 'lo' }),
      JSON.stringify({ choices: [{ delta: {}, finish_reason: 'stop' }] }),
      JSON.stringify({ choices: [], usage }),
    ),
  ).toMatchObject({ text: 'Hello', finishReason: 'stop', inputTokens: 3, outputTokens: 2, usd: '0.000001' })
})

const call = (index: number, given: object): string => chunk({ tool_calls: [{ index, function: given }] })

test('calls of tools are put together, each by its place', () => {
  const { toolCalls } = folded(
    call(0, { name: 'weather', arguments: '{"city"' }),
    call(1, { name: 'time', arguments: '{}' }),
    call(0, { arguments: ': "Oslo"}' }),
  )
  expect(toolCalls).toEqual([
    { name: 'weather', arguments: '{"city": "Oslo"}' },
    { name: 'time', arguments: '{}' },
  ])
})

test('an error in a stream is told, and what came before it stays', () => {
  expect(
    folded(chunk({ content: 'Hel' }), JSON.stringify({ error: { message: 'It broke.', code: 'x' } })),
  ).toMatchObject({
    text: 'Hel',
    trouble: { message: 'It broke.', code: 'x' },
  })
})

test('images and embeddings are taken as they are', () => {
  expect(withWhole(noAnswer, { data: [{ b64_json: 'AAAA' }] }).images).toEqual(['data:image/png;base64,AAAA'])
  expect(withWhole(noAnswer, { data: [{ embedding: [1, 2] }] }).embedding).toEqual([1, 2])
})

test('events are found wherever the pieces of a stream are cut', async () => {
  const bytes = new TextEncoder().encode(': silence\n\ndata: {"a": "ü"}\n\ndata: [DONE]\n\n')
  for (const size of [1, 2, 7, bytes.length]) {
    const body = new ReadableStream<Uint8Array>({
      start(controller) {
        for (let at = 0; at < bytes.length; at += size) controller.enqueue(bytes.slice(at, at + size))
        controller.close()
      },
    })
    const events: string[] = []
    for await (const data of eventsOf(body)) events.push(data)
    expect(events).toEqual(['{"a": "ü"}', '[DONE]'])
  }
})
