import { hello, model } from '../../compatibility/asked.ts'
import { describeClient, requiredVersions } from '../../compatibility/clients.ts'
import { keptWhere, startKeeping, wentOn } from '../../compatibility/start-keeping.ts'
import { langchain, type Outcome, runCases } from '../../support/python-clients/python-client.ts'
import type { StartedApp } from '../../support/start-app.ts'

let app: StartedApp
let outcomeOf: (name: string) => Outcome

beforeAll(async () => {
  app = await startKeeping()
  outcomeOf = await runCases(langchain, { baseURL: `${app.origin}/v1`, key: app.liveKey })
})

afterAll(() => app?.close())

/** What a case returned; it must not have raised. */
function returned(name: string): unknown {
  const { result, error } = outcomeOf(name)
  expect(error).toBeNull()
  return result
}

const versions = requiredVersions(langchain.requirements, 'langchain-core', 'langchain-openai')

describeClient('langchain-python', versions, ({ works, lacks }) => {
  works('chat.answer', async () => {
    expect(returned('chat_answer')).toContain(hello)
  })

  works('chat.cost', 'in `response_metadata["token_usage"]`', async () => {
    expect(returned('chat_cost')).toBeGreaterThan(0)
  })

  works('chat.stream', async () => {
    expect(returned('chat_stream')).toContain(hello)
  })

  works('chat.streamUsage', 'with `stream_usage=True`', async () => {
    expect(returned('chat_stream_usage')).toEqual([expect.any(Number)])
    expect(returned('chat_stream_no_usage')).toEqual([])
  })

  works('chat.tools', async () => {
    expect(returned('chat_tools')).toContain('4 degrees')
  })

  works('chat.streamTools', async () => {
    expect(returned('chat_stream_tools')).toEqual([['get_weather', ['city']]])
  })

  works('chat.schema', async () => {
    expect(returned('chat_schema')).toBe('Weather')
  })

  works('chat.image', async () => {
    expect(returned('chat_image')).toContain('1 image')
  })

  works('chat.fallback', 'in `extra_body`', async () => {
    expect(returned('chat_fallback')).toBe(model)
  })

  works('chat.error', async () => {
    expect(outcomeOf('chat_error').error).toMatchObject({ status: 404, code: 'model_not_found', param: 'model' })
  })

  works('chat.broken', async () => {
    expect(outcomeOf('chat_broken').error).toMatchObject({ class: 'APIError', code: 'upstream_incomplete' })
  })

  works('responses.answer', 'with `use_responses_api=True`', async () => {
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

  works('responses.schema', async () => {
    expect(returned('responses_schema')).toBe('Weather')
  })

  works('responses.image', async () => {
    expect(returned('responses_image')).toContain('1 image')
  })

  works('responses.broken', async () => {
    expect(outcomeOf('responses_broken').error).toMatchObject({ class: 'APIError', code: 'upstream_incomplete' })
  })

  works('responses.stored', keptWhere, async () => {
    expect(returned('responses_stored')).toMatch(wentOn)
  })

  works('completions.answer', async () => {
    expect(returned('completions_answer')).toContain(hello)
  })

  works('completions.stream', async () => {
    expect(returned('completions_stream')).toContain(hello)
  })

  works('embeddings.texts', 'which it sends as tokens', async () => {
    expect(returned('embeddings_texts')).toEqual([256, 256])
  })

  works('embeddings.floats', async () => {
    expect(returned('embeddings_floats')).toBe(256)
  })

  works('embeddings.tokens', async () => {
    expect(returned('embeddings_tokens')).toBeLessThan(1e-6)
  })

  works('embeddings.dimensions', async () => {
    expect(returned('embeddings_dimensions')).toBe(12)
  })

  works('moderations.texts', 'with `OpenAIModerationMiddleware`', async () => {
    const flagged = expect.stringContaining('flagged for')
    expect(returned('moderations_texts')).toEqual([expect.stringContaining(hello), flagged])
  })

  lacks([
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
    'moderations.picture',
    'models.list',
    'models.one',
  ])
})
