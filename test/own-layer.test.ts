import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { ChatSpeka } from '@speka/langchain'
import { createGateway, startWatched, type ChatCompletion, type ChatRequest, type Layer } from '@speka/core/node'
import { readSettings } from '../packages/server/src/config/settings.ts'
import { createKeyRecord } from '../packages/server/src/keys/create-key.ts'
import { put } from '../packages/server/src/store/__fixtures__/records.ts'
import { startServer } from '../packages/server/src/server.ts'

/** A layer of somebody's own, that knows nothing of where it runs. */
function counting() {
  const counts = { requests: 0, refused: 0, outputTokens: 0 }
  const layer: Layer = (next) => ({
    start(call, sink) {
      counts.requests += 1
      return startWatched(next, call, sink, {
        record: ({ usage }) => void (counts.outputTokens += usage.outputTokens ?? 0),
        refused: () => void (counts.refused += 1),
      })
    },
  })
  return { counts, layer }
}

/** As much of the nodes as is used here. Their package is CommonJS with types of its own, which ours cannot take in. */
interface Nodes {
  readonly fakeContext: (options: { parameters: object }) => { readonly context: object }
  readonly SpekaClient: new (
    context: object,
    gate: object,
    layers: readonly Layer[],
  ) => { chat(request: ChatRequest): Promise<{ readonly body: ChatCompletion }> }
}

async function nodes(): Promise<Nodes> {
  const folder = new URL('../packages/n8n-nodes-speka/', import.meta.url).href
  return {
    ...((await import(`${folder}nodes/shared/client.ts`)) as Pick<Nodes, 'SpekaClient'>),
    ...((await import(`${folder}test/context.fake.ts`)) as Pick<Nodes, 'fakeContext'>),
  }
}

const messages = [{ role: 'user', content: 'Hello!' }]
const model = 'speka/sandbox'

/** Someone who asks for an answer whole, then as a stream, then for a model that there is not. */
interface Front {
  /** Resolves with the output tokens that it was told of. */
  whole(): Promise<number>
  stream(): Promise<void>
  refused(): Promise<void>
  close(): Promise<void>
}

const fronts: Record<string, (layer: Layer) => Promise<Front>> = {
  'in process': async (layer) => {
    const speka = createGateway({ config: {}, layers: [layer] })
    return {
      whole: async () => (await speka.chat({ model, messages })).usage?.completion_tokens ?? 0,
      async stream() {
        const chunks = speka.streamChat({ model, messages })
        while ((await chunks.next()).done !== true);
      },
      refused: async () => void (await expect(speka.chat({ model: 'zzz', messages })).rejects.toThrow('zzz')),
      close: async () => {},
    }
  },
  'in process, in the dialect of responses': async (layer) => {
    const speka = createGateway({ config: {}, layers: [layer] })
    return {
      whole: async () => (await speka.respond({ model, input: 'Hello!' })).usage?.output_tokens ?? 0,
      async stream() {
        const events = speka.streamResponse({ model, input: 'Hello!' })
        while ((await events.next()).done !== true);
      },
      refused: async () => void (await expect(speka.respond({ model: 'zzz', input: '' })).rejects.toThrow('zzz')),
      close: async () => {},
    }
  },
  'in the server': async (layer) => {
    const folder = await mkdtemp(join(tmpdir(), 'speka-layer-'))
    const settings = readSettings(
      { SPEKA_LOG_LEVEL: 'silent', SPEKA_KEY_PEPPER: 'a pepper for tests, long enough' },
      { data: folder, port: '0' },
    )
    const server = await startServer(settings, { layers: [layer] })
    // A layer stays when the engine is made anew.
    server.reload()
    const key = createKeyRecord({ name: 'k', mode: 'live' }, server.keys.pepper)
    await put(server.store, 'key', key.record)
    const ask = (body: object): Promise<Response> =>
      fetch(`${server.url}/v1/chat/completions`, {
        method: 'POST',
        headers: { authorization: `Bearer ${key.key}`, 'content-type': 'application/json' },
        body: JSON.stringify({ model, messages, ...body }),
      })
    return {
      async whole() {
        const answer = (await (await ask({})).json()) as { usage: { completion_tokens: number } }
        return answer.usage.completion_tokens
      },
      stream: async () => expect(await (await ask({ stream: true })).text()).toMatch(/\[DONE\]\n\n$/),
      async refused() {
        // The model's name is refused before a call is made of the body; what a plan refuses gets as far as the layer.
        const answer = await ask({ provider: { only: ['nobody'] } })
        expect(answer.status).toBe(404)
      },
      async close() {
        await server.stop()
        await rm(folder, { recursive: true, force: true })
      },
    }
  },
  'in n8n': async (layer) => {
    const { SpekaClient, fakeContext } = await nodes()
    const { context } = fakeContext({ parameters: {} })
    const gate = { baseUrl: 'http://gateway.test/v1', credential: { apiKey: 'sk-test' } }
    const client = new SpekaClient(context, gate, [layer])
    return {
      whole: async () => (await client.chat({ model, messages })).body.usage?.completion_tokens ?? 0,
      // Nodes ask for whole answers alone.
      stream: async () => void (await client.chat({ model, messages })),
      refused: async () =>
        void (await expect(client.chat({ model, messages, provider: { only: ['nobody'] } })).rejects.toThrow('nobody')),
      close: async () => {},
    }
  },
  'in LangChain': async (layer) => {
    const gateway = createGateway({ config: {}, layers: [layer] })
    const chat = new ChatSpeka({ model, gateway })
    return {
      async whole() {
        const answer: { readonly usage_metadata?: unknown } = await chat.invoke('Hello!')
        return (answer.usage_metadata as { readonly output_tokens: number }).output_tokens
      },
      async stream() {
        for await (const _ of await chat.stream('Hello!'));
      },
      refused: async () =>
        void (await expect(new ChatSpeka({ model: 'zzz', gateway, maxRetries: 0 }).invoke('Hello!')).rejects.toThrow(
          'zzz',
        )),
      close: async () => {},
    }
  },
}

test.each(Object.keys(fronts))('one layer, unchanged, counts requests and tokens %s', async (name) => {
  const { counts, layer } = counting()
  const front = await fronts[name]?.(layer)
  if (front === undefined) throw new Error(`there is no front "${name}"`)
  try {
    const told = await front.whole()
    expect(told).toBeGreaterThan(0)
    expect(counts).toEqual({ requests: 1, refused: 0, outputTokens: told })
    await front.stream()
    expect(counts).toEqual({ requests: 2, refused: 0, outputTokens: 2 * told })
    await front.refused()
    expect(counts).toEqual({ requests: 3, refused: 1, outputTokens: 2 * told })
  } finally {
    await front.close()
  }
})
