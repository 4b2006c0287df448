import { hello, model } from '../../compatibility/asked.ts'
import { describeClient, requiredVersions } from '../../compatibility/clients.ts'
import { keptWhere, startKeeping, wentOn } from '../../compatibility/start-keeping.ts'
import { llamaindex, type Outcome, runCases } from '../../support/python-clients/python-client.ts'
import type { StartedApp } from '../../support/start-app.ts'

let app: StartedApp
let outcomeOf: (name: string) => Outcome

beforeAll(async () => {
  app = await startKeeping()
  outcomeOf = await runCases(llamaindex, { baseURL: `${app.origin}/v1`, key: app.liveKey })
})

afterAll(() => app?.close())

/** What a case returned; it must not have raised. */
function returned(name: string): unknown {
  const { result, error } = outcomeOf(name)
  expect(error).toBeNull()
  return result
}

const versions = requiredVersions(
  llamaindex.requirements,
  'llama-index-llms-openai-like',
  'llama-index-llms-openai',
  'llama-index-embeddings-openai-like',
)

describeClient('llamaindex-python', versions, ({ works, lacks }) => {
  works('chat.answer', 'with `OpenAILike`; the class `OpenAI` refuses names that it does not know', async () => {
    expect(returned('chat_answer')).toContain(hello)
    expect(outcomeOf('chat_stock').error).toMatchObject({ class: 'ValueError' })
  })

  works('chat.cost', 'in `raw.usage`', async () => {
    expect(returned('chat_cost')).toBeGreaterThan(0)
  })

  works('chat.stream', async () => {
    expect(returned('chat_stream')).toContain(hello)
  })

  works('chat.streamUsage', 'with `stream_options` in `additional_kwargs`', async () => {
    expect(returned('chat_stream_usage')).toEqual([expect.any(Number)])
  })

  works('chat.tools', async () => {
    expect(returned('chat_tools')).toContain('4 degrees')
  })

  works('chat.streamTools', async () => {
    expect(returned('chat_stream_tools')).toEqual([['get_weather', ['city']]])
  })

  works('chat.schema', 'with `should_use_structured_outputs=True`', async () => {
    expect(returned('chat_schema')).toBe('Weather')
  })

  works('chat.image', async () => {
    expect(returned('chat_image')).toContain('1 image')
  })

  works('chat.fallback', 'with `extra_body` in `additional_kwargs`', async () => {
    expect(returned('chat_fallback')).toBe(model)
  })

  works('chat.error', async () => {
    expect(outcomeOf('chat_error').error).toMatchObject({ status: 404, code: 'model_not_found', param: 'model' })
  })

  works('chat.broken', async () => {
    expect(outcomeOf('chat_broken').error).toMatchObject({ class: 'APIError', code: 'upstream_incomplete' })
  })

  works('responses.answer', 'with `OpenAIResponses` and its `context_window`', async () => {
    expect(returned('responses_answer')).toContain(hello)
  })

  works('responses.stream', async () => {
    expect(returned('responses_stream')).toContain(hello)
  })

  works('responses.turns', async () => {
    expect(returned('responses_turns')).toContain(hello)
  })

  works('responses.tools', async () => {
    expect(returned('responses_tools')).toContain('4 degrees')
  })

  works('responses.schema', 'with `structured_predict`, which calls a tool', async () => {
    expect(returned('responses_schema')).toBe('Weather')
  })

  works('responses.image', async () => {
    expect(returned('responses_image')).toContain('1 image')
  })

  works('responses.broken', async () => {
    expect(outcomeOf('responses_broken').error).toMatchObject({ class: 'APIError', code: 'upstream_incomplete' })
  })

  works('responses.stored', `with \`track_previous_responses\`, and ${keptWhere}`, async () => {
    expect(returned('responses_stored')).toMatch(wentOn)
  })

  works('completions.answer', 'with `is_chat_model=False`', async () => {
    expect(returned('completions_answer')).toContain(hello)
  })

  works('completions.stream', async () => {
    expect(returned('completions_stream')).toContain(hello)
  })

  works('embeddings.texts', async () => {
    expect(returned('embeddings_texts')).toEqual([256, 256])
    expect(returned('embeddings_stock')).toBe(256)
  })

  works('embeddings.floats', 'with `encoding_format` in `additional_kwargs`', async () => {
    expect(returned('embeddings_floats')).toBe(256)
  })

  works('embeddings.dimensions', async () => {
    expect(returned('embeddings_dimensions')).toBe(12)
  })

  lacks([
    'embeddings.tokens',
    'images.base64',
    'images.url',
    'images.stream',
    'images.edit',
    'images.editStream',
    'audio.transcription',
    'audio.words',
    'audio.heard',
    'audio.translation',
    'audio.speech',
    'audio.spoken',
    'audio.error',
    'moderations.texts',
    'moderations.picture',
    'models.list',
    'models.one',
  ])
})
