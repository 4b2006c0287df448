import { writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { hello, model, pixel, question, weather } from '../../compatibility/asked.ts'
import { describeMessageClient } from '../../compatibility/message-clients.ts'
import { npmFolder } from '../../support/npm-folder.ts'
import { strangersEnvironment } from '../../support/pack-packages.ts'
import { runProgram } from '../../support/run-program.ts'
import { startApp, type StartedApp } from '../../support/start-app.ts'

/** Anthropic's own SDK, the AI SDK's provider and LangChain's model on top of it, as they are published. */
const packages = [
  '@anthropic-ai/sdk@1.14.0',
  'ai@6.0.326',
  '@ai-sdk/anthropic@3.0.140',
  '@langchain/anthropic@1.5.11',
  '@langchain/core@1.4.0',
  'zod@4.1.12',
]

const versionsOf = (...names: readonly string[]): Record<string, string> =>
  Object.fromEntries(
    names.map((name) => [name, packages.find((wanted) => wanted.startsWith(`${name}@`))?.slice(name.length + 1) ?? '']),
  )

/** Run in the folder where the packages are. Prints what each case came to, as JSON. */
const program = `
import Anthropic from '@anthropic-ai/sdk'
import { createAnthropic } from '@ai-sdk/anthropic'
import { ChatAnthropic } from '@langchain/anthropic'
import { HumanMessage, ToolMessage } from '@langchain/core/messages'
import { generateText, Output, stepCountIs, streamText, tool } from 'ai'
import { z } from 'zod'

globalThis.AI_SDK_LOG_WARNINGS = false
const { baseURL, apiKey, model, hello, question, pixel, weather } = JSON.parse(process.env.ASKED)
const request = { model, max_tokens: 1000, messages: [{ role: 'user', content: hello }] }
const city = z.object({ city: z.string() })
const degrees = z.object({ degrees: z.number() })
const text = ({ content }) => content.filter(({ type }) => type === 'text').map((block) => block.text).join('')

const client = new Anthropic({ baseURL, apiKey, maxRetries: 0 })
const tools = [{ name: weather.name, description: weather.description, input_schema: weather.parameters }]
const asked = { ...request, messages: [{ role: 'user', content: question }], tools }
const image = { type: 'image', source: { type: 'base64', media_type: 'image/png', data: pixel } }
const sdk = {
  answer: async () => text(await client.messages.create(request)),
  cost: async () => {
    const { data, response } = await client.messages.create(request).withResponse()
    return { told: data.usage.cost, header: Number(response.headers.get('x-speka-cost-usd')) }
  },
  stream: async () => {
    const events = []
    const stream = client.messages.stream(request).on('streamEvent', ({ type }) => events.push(type))
    return { text: text(await stream.finalMessage()), events }
  },
  usage: async () => (await client.messages.stream(request).finalMessage()).usage,
  tools: async () => {
    const first = await client.messages.create(asked)
    const call = first.content.find(({ type }) => type === 'tool_use')
    const result = { type: 'tool_result', tool_use_id: call.id, content: call.input.city + ': 4 degrees and clear' }
    const messages = [...asked.messages, { role: 'assistant', content: first.content }, { role: 'user', content: [result] }]
    return { reason: first.stop_reason, text: text(await client.messages.create({ ...asked, messages })) }
  },
  streamTools: async () => (await client.messages.stream(asked).finalMessage()).content.at(-1),
  schema: async () => {
    const format = { type: 'json_schema', schema: z.toJSONSchema(degrees) }
    return JSON.parse(text(await client.messages.create({ ...request, output_config: { format } })))
  },
  image: async () => {
    const content = [{ type: 'text', text: hello }, image]
    return text(await client.messages.create({ ...request, messages: [{ role: 'user', content }] }))
  },
  count: async () => (await client.messages.countTokens({ model, messages: request.messages })).input_tokens,
  models: async () => {
    const ids = []
    for await (const each of client.models.list({ limit: 1 })) ids.push(each.id)
    return ids
  },
  error: async () => await client.messages.create({ ...request, model: 'nobody/nothing' }),
  broken: async () => await client.messages.stream({ ...request, model: model + ':cut@5' }).finalMessage(),
}

const anthropic = createAnthropic({ baseURL: baseURL + '/v1', apiKey })
const ai = { model: anthropic(model), prompt: hello, maxRetries: 0 }
const aiTools = { [weather.name]: tool({ description: weather.description, inputSchema: city, execute: ({ city }) => city + ': 4 degrees and clear' }) }
const read = async (result) => {
  const parts = []
  for await (const part of result.fullStream) {
    if (part.type === 'error') throw part.error
    parts.push(part.type)
  }
  return parts
}
const aiSdk = {
  answer: async () => (await generateText(ai)).text,
  cost: async () => {
    const { response } = await generateText(ai)
    return { told: response.body.usage.cost, header: Number(response.headers['x-speka-cost-usd']) }
  },
  stream: async () => {
    const result = streamText(ai)
    return { events: await read(result), text: await result.text }
  },
  usage: async () => {
    const result = streamText(ai)
    await read(result)
    return await result.usage
  },
  tools: async () => {
    const { text, steps } = await generateText({ ...ai, prompt: question, tools: aiTools, stopWhen: stepCountIs(2) })
    return { reason: steps[0].finishReason, text }
  },
  streamTools: async () => {
    const result = streamText({ ...ai, prompt: question, tools: aiTools })
    await read(result)
    return (await result.toolCalls)[0]
  },
  schema: async () => (await generateText({ ...ai, output: Output.object({ schema: degrees }) })).output,
  image: async () => {
    const content = [{ type: 'text', text: hello }, { type: 'image', image: pixel, mediaType: 'image/png' }]
    const { prompt, ...rest } = ai
    return (await generateText({ ...rest, messages: [{ role: 'user', content }] })).text
  },
  error: async () => (await generateText({ ...ai, model: anthropic('nobody/nothing') })).text,
  broken: async () => await read(streamText({ ...ai, model: anthropic(model + ':cut@5'), onError() {} })),
}

const chat = (more = {}) => new ChatAnthropic({ model, apiKey, anthropicApiUrl: baseURL, maxRetries: 0, maxTokens: 1000, ...more })
const all = async (stream) => {
  let whole
  for await (const chunk of stream) whole = whole === undefined ? chunk : whole.concat(chunk)
  return whole
}
const langchain = {
  answer: async () => (await chat().invoke(hello)).text,
  cost: async () => ({ told: (await chat().invoke(hello)).response_metadata.usage.cost }),
  stream: async () => ({ text: (await all(await chat().stream(hello))).text }),
  usage: async () => (await all(await chat().stream(hello))).usage_metadata,
  tools: async () => {
    const bound = chat().bindTools(tools)
    const messages = [new HumanMessage(question)]
    const first = await bound.invoke(messages)
    const [call] = first.tool_calls
    messages.push(first, new ToolMessage({ tool_call_id: call.id, content: call.args.city + ': 4 degrees and clear' }))
    return { reason: first.response_metadata.stop_reason, text: (await bound.invoke(messages)).text }
  },
  streamTools: async () => (await all(await chat().bindTools(tools).stream(question))).tool_calls[0],
  schema: async () => await chat().withStructuredOutput(degrees, { method: 'jsonSchema' }).invoke(hello),
  image: async () => {
    const content = [{ type: 'text', text: hello }, { type: 'image_url', image_url: { url: 'data:image/png;base64,' + pixel } }]
    return (await chat().invoke([new HumanMessage({ content })])).text
  },
  error: async () => await chat({ model: 'nobody/nothing' }).invoke(hello),
  broken: async () => await all(await chat({ model: model + ':cut@5' }).stream(hello)),
}

const described = ({ name, status, statusCode, type, error, responseBody, message }) => ({
  name,
  status: status ?? statusCode,
  type: error?.error?.type ?? type,
  body: responseBody,
  message,
})
async function outcomes(cases) {
  const found = {}
  for (const [name, run] of Object.entries(cases))
    found[name] = await run().then((result) => ({ result }), (error) => ({ error: described(error) }))
  return found
}
console.log(JSON.stringify({ sdk: await outcomes(sdk), aiSdk: await outcomes(aiSdk), langchain: await outcomes(langchain) }))
`

interface Outcome {
  readonly result?: unknown
  readonly error?: { readonly name?: string; readonly status?: number; readonly type?: string; readonly body?: string }
}

type Client = 'sdk' | 'aiSdk' | 'langchain'

let app: StartedApp
let outcomes: Readonly<Record<Client, Readonly<Record<string, Outcome>>>>

beforeAll(async () => {
  app = await startApp()
  const folder = await npmFolder('anthropic-js', packages)
  await writeFile(join(folder, 'ask.mjs'), program)
  const asked = { baseURL: app.origin, apiKey: app.liveKey, model, hello, question, pixel, weather }
  const { code, stdout, stderr } = await runProgram(process.execPath, ['ask.mjs'], {
    cwd: folder,
    env: strangersEnvironment({ ASKED: JSON.stringify(asked) }),
  })
  if (code !== 0) throw new Error(stderr)
  outcomes = JSON.parse(stdout) as typeof outcomes
})

afterAll(() => app?.close())

/** What a case returned; it must not have thrown. */
function returned(client: Client, name: string): unknown {
  const { result, error } = outcomes[client][name] ?? {}
  expect(error).toBeUndefined()
  return result
}

const anyCity = { city: expect.any(String) }

const thrown = (client: Client, name: string): Outcome['error'] => outcomes[client][name]?.error

describeMessageClient('anthropic-js', versionsOf('@anthropic-ai/sdk'), ({ works }) => {
  works('answer', async () => {
    expect(returned('sdk', 'answer')).toContain(hello)
  })

  works('cost', 'in `usage.cost`, and in the header `x-speka-cost-usd`', async () => {
    const { told, header } = returned('sdk', 'cost') as { told: number; header: number }
    expect(told).toBeGreaterThan(0)
    expect(header).toBe(told)
  })

  works('stream', async () => {
    const { text, events } = returned('sdk', 'stream') as { text: string; events: string[] }
    expect(text).toContain(hello)
    const once = events.filter((type, index) => type !== events[index - 1])
    expect(once).toEqual([
      'message_start',
      'content_block_start',
      'content_block_delta',
      'content_block_stop',
      'message_delta',
      'message_stop',
    ])
  })

  works('usage', async () => {
    expect(returned('sdk', 'usage')).toMatchObject({ input_tokens: 10, output_tokens: 23 })
  })

  works('tools', async () => {
    expect(returned('sdk', 'tools')).toEqual({ reason: 'tool_use', text: expect.stringContaining('4 degrees') })
  })

  works('streamTools', async () => {
    expect(returned('sdk', 'streamTools')).toMatchObject({ type: 'tool_use', name: weather.name, input: anyCity })
  })

  works('schema', async () => {
    expect(returned('sdk', 'schema')).toEqual({ degrees: expect.any(Number) })
  })

  works('image', async () => {
    expect(returned('sdk', 'image')).toContain('1 image')
  })

  works('count', 'an estimate on the high side, unless the model is asked of Anthropic', async () => {
    expect(returned('sdk', 'count')).toBeGreaterThanOrEqual(10)
  })

  works('models', async () => {
    expect(returned('sdk', 'models')).toEqual([model])
  })

  works('error', async () => {
    expect(thrown('sdk', 'error')).toMatchObject({ name: 'NotFoundError', status: 404, type: 'not_found_error' })
  })

  works('broken', async () => {
    expect(thrown('sdk', 'broken')).toMatchObject({ name: 'APIError', type: 'api_error' })
  })
})

describeMessageClient('ai-sdk-anthropic', versionsOf('ai', '@ai-sdk/anthropic'), ({ works, lacks }) => {
  works('answer', 'with an address that ends in `/v1`', async () => {
    expect(returned('aiSdk', 'answer')).toContain(hello)
  })

  works('cost', 'in `usage.raw`', async () => {
    const { told, header } = returned('aiSdk', 'cost') as { told: number; header: number }
    expect(told).toBeGreaterThan(0)
    expect(header).toBe(told)
  })

  works('stream', async () => {
    expect(returned('aiSdk', 'stream')).toMatchObject({ text: expect.stringContaining(hello) })
  })

  works('usage', async () => {
    expect(returned('aiSdk', 'usage')).toMatchObject({ inputTokens: 10, outputTokens: 23, totalTokens: 33 })
  })

  works('tools', async () => {
    expect(returned('aiSdk', 'tools')).toEqual({ reason: 'tool-calls', text: expect.stringContaining('4 degrees') })
  })

  works('streamTools', async () => {
    expect(returned('aiSdk', 'streamTools')).toMatchObject({ toolName: weather.name, input: anyCity })
  })

  works('schema', async () => {
    expect(returned('aiSdk', 'schema')).toEqual({ degrees: expect.any(Number) })
  })

  works('image', async () => {
    expect(returned('aiSdk', 'image')).toContain('1 image')
  })

  lacks(['count', 'models'])

  works('error', async () => {
    const error = thrown('aiSdk', 'error')
    expect(error).toMatchObject({ name: 'AI_APICallError', status: 404 })
    expect(JSON.parse(error?.body ?? '')).toMatchObject({ type: 'error', error: { type: 'not_found_error' } })
  })

  works('broken', 'as a part of type `error`', async () => {
    expect(thrown('aiSdk', 'broken')).toMatchObject({ type: 'api_error' })
  })
})

describeMessageClient(
  'langchain-anthropic-js',
  versionsOf('@langchain/anthropic', '@langchain/core'),
  ({ works, lacks }) => {
    works('answer', async () => {
      expect(returned('langchain', 'answer')).toContain(hello)
    })

    works('cost', 'in `response_metadata.usage`', async () => {
      expect((returned('langchain', 'cost') as { told: number }).told).toBeGreaterThan(0)
    })

    works('stream', async () => {
      expect(returned('langchain', 'stream')).toMatchObject({ text: expect.stringContaining(hello) })
    })

    works(
      'usage',
      'it takes the input from the first event, where models of other makers have an estimate',
      async () => {
        const usage = returned('langchain', 'usage') as { input_tokens: number }
        expect(usage).toMatchObject({ output_tokens: 23 })
        expect(usage.input_tokens).toBeGreaterThan(0)
      },
    )

    works('tools', async () => {
      expect(returned('langchain', 'tools')).toEqual({ reason: 'tool_use', text: expect.stringContaining('4 degrees') })
    })

    works('streamTools', async () => {
      expect(returned('langchain', 'streamTools')).toMatchObject({ name: weather.name, args: anyCity })
    })

    works('schema', async () => {
      expect(returned('langchain', 'schema')).toEqual({ degrees: expect.any(Number) })
    })

    works('image', async () => {
      expect(returned('langchain', 'image')).toContain('1 image')
    })

    lacks(['count', 'models'])

    works('error', async () => {
      expect(thrown('langchain', 'error')).toMatchObject({ status: 404, type: 'not_found_error' })
    })

    works('broken', async () => {
      expect(thrown('langchain', 'broken')).toMatchObject({ type: 'api_error' })
    })
  },
)
