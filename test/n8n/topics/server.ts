import type { Topic } from '../topic.ts'
import { traceIn } from '../trace.ts'

const words = (lines: readonly Record<string, unknown>[]): string =>
  lines
    .filter(({ type }) => type === 'item')
    .map(({ content }) => String(content))
    .join('')

/** What is seen of {@link tryOnServer}. */
export const serverTopic: Topic = {
  name: 'a server',
  workflows: [],

  tests(world) {
    const found = () => world().server

    test.each(['speka', 'openAi', 'anthropic'])('finds the credential %s right, with a slash too many', (id) => {
      expect(found().credentialTests[id]).toMatchObject({ status: 'OK' })
    })

    test.each([
      { id: 'spekaWrongKey', says: /key.*Check the API key in the "Speka API" credential/i },
      { id: 'spekaDown', says: /^Nothing answers at http:\/\/127.*Is the gateway running/ },
      { id: 'spekaNotAGateway', says: /Check the Base URL in the "Speka API" credential.*end in \/v1/ },
      { id: 'anthropicV1', says: /^Not Found$/ },
      { id: 'spekaOnlyA200', says: /not as a Speka gateway does.*should be a gateway/ },
    ])('says what is wrong with the credential $id, and what to do', ({ id, says }) => {
      expect(found().credentialTests[id]).toMatchObject({ status: 'Error', message: expect.stringMatching(says) })
    })

    test('lists the models that fit, with price and context', () => {
      const { chat = [], images = [], models = [], embeddings = [] } = found().lists
      expect(chat).toContainEqual({ name: 'Sandbox · $0.10 in, $0.20 out per 1M · 128K', value: 'speka/sandbox' })
      expect(images).toContainEqual({ name: 'Sandbox · $0.01 an image · 128K', value: 'speka/sandbox' })
      expect(embeddings.map(({ value }) => value)).toContain('speka/sandbox')
      expect(models).toEqual([{ name: 'acme/recorder · $1.00 in, $2.00 out per 1M', value: 'acme/recorder' }])
    })

    test.each(['openAi', 'anthropic', 'anthropicNode'])("fills the list of n8n's own chat model: %s", (which) => {
      expect(found().lists[which]?.map(({ value }) => value)).toEqual(
        expect.arrayContaining(['speka/sandbox', 'acme/recorder']),
      )
    })

    test('streams an Agent through a webhook, word by word', () => {
      const lines = found().stream
      const items = lines.filter(({ line }) => line['type'] === 'item')
      expect(words(lines.map(({ line }) => line))).toContain('Tell me something')
      expect(items.length).toBeGreaterThan(5)
      // What was collected first would come in one piece.
      expect(new Set(items.map(({ piece }) => piece)).size).toBeGreaterThan(2)
    })

    test('shows real tokens and cost of a streamed answer', () => {
      const [trace] = traceIn(found().runs['stream'], 'Model')
      expect(trace?.tokenUsage).toEqual({
        promptTokens: expect.any(Number),
        completionTokens: expect.any(Number),
        totalTokens: expect.any(Number),
        cost: expect.any(Number),
      })
      const { promptTokens = 0, completionTokens = 0, cost } = trace?.tokenUsage ?? {}
      expect(cost).toBeCloseTo((promptTokens * 0.1 + completionTokens * 0.2) / 1e6, 12)
    })

    test('streams within a limit of cost: each answer is paid before the next is asked for', () => {
      expect(words(found().limitedStream)).toContain('Calculator answered')
      const costs = traceIn(found().runs['stream-limited'], 'Model').map(({ tokenUsage }) => tokenUsage?.cost)
      expect(costs).toEqual([expect.any(Number), expect.any(Number)])
    })

    test('says so when a stream breaks', () => {
      expect(found().brokenStream.map(({ type }) => type)).toContain('error')
      expect(found().runs['stream-breaks']?.error?.message).toEqual(expect.any(String))
    })

    test.each(['agent', 'node'])('leaves the provider when an execution is stopped: %s', (which) => {
      expect(found().stopped[which]).toBe(true)
    })
  },
}
