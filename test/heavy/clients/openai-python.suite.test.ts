import { heard, hello, model } from '../../compatibility/asked.ts'
import { describeClient, requiredVersions } from '../../compatibility/clients.ts'
import { keptWhere, startKeeping, wentOn } from '../../compatibility/start-keeping.ts'
import { openai, type Outcome, runCases } from '../../support/python-clients/python-client.ts'
import type { StartedApp } from '../../support/start-app.ts'

let app: StartedApp
let outcomeOf: (name: string) => Outcome

beforeAll(async () => {
  app = await startKeeping()
  outcomeOf = await runCases(openai, { baseURL: `${app.origin}/v1`, key: app.liveKey })
})

afterAll(() => app?.close())

/** What a case returned; it must not have raised. */
function returned(name: string): unknown {
  const { result, error } = outcomeOf(name)
  expect(error).toBeNull()
  return result
}

describeClient('openai-python', requiredVersions(openai.requirements, 'openai'), ({ works }) => {
  works('chat.answer', async () => {
    expect(returned('chat_answer')).toContain(hello)
  })

  works('chat.cost', async () => {
    expect(returned('chat_cost')).toBeGreaterThan(0)
  })

  works('chat.stream', async () => {
    expect(returned('chat_stream')).toContain(hello)
  })

  works('chat.streamUsage', async () => {
    expect(returned('chat_stream_usage')).toBeGreaterThan(0)
  })

  works('chat.tools', async () => {
    expect(returned('chat_tools')).toContain('4 degrees')
  })

  works('chat.streamTools', async () => {
    expect(returned('chat_stream_tools')).toBe('GetWeather')
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
    const { error } = outcomeOf('chat_error')
    expect(error).toMatchObject({ class: 'NotFoundError', status: 404, code: 'model_not_found', param: 'model' })
  })

  works('chat.broken', async () => {
    expect(outcomeOf('chat_broken').error).toMatchObject({ class: 'APIError', code: 'upstream_incomplete' })
  })

  works('responses.answer', async () => {
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

  works('embeddings.texts', async () => {
    expect(returned('embeddings_texts')).toEqual([256, 256])
  })

  works('embeddings.floats', async () => {
    expect(returned('embeddings_floats')).toBeLessThan(1e-6)
  })

  works('embeddings.tokens', async () => {
    expect(returned('embeddings_tokens')).toBe(2)
  })

  works('embeddings.dimensions', async () => {
    expect(returned('embeddings_dimensions')).toBe(12)
  })

  works('images.base64', async () => {
    expect(returned('images_base64')).toBe('PNG')
  })

  works('images.url', async () => {
    expect(returned('images_url')).toMatch(/^data:image\/png;base64,/)
  })

  works('images.stream', async () => {
    const partial = 'image_generation.partial_image'
    expect(returned('images_stream')).toEqual([partial, partial, 'image_generation.completed'])
  })

  works('images.edit', async () => {
    expect(returned('images_edit')).toBe('PNG')
  })

  works('images.editStream', async () => {
    expect(returned('images_edit_stream')).toEqual(['image_edit.partial_image', 'image_edit.completed'])
  })

  works('audio.transcription', async () => {
    expect(returned('audio_transcription')).toBe(heard)
  })

  works('audio.words', async () => {
    expect(returned('audio_words')).toContain(`00:00:00,000 --> 00:00:01,000\n${heard}`)
  })

  works('audio.heard', async () => {
    expect(returned('audio_heard')).toEqual(['transcript.text.done', heard])
  })

  works('audio.translation', async () => {
    expect(returned('audio_translation')).toBe(heard)
  })

  works('audio.speech', async () => {
    expect(returned('audio_speech')).toBe('RIFF')
  })

  works('audio.spoken', 'with `with_streaming_response`, line by line', async () => {
    expect(returned('audio_spoken')).toBe('speech.audio.done')
  })

  works('audio.error', async () => {
    expect(outcomeOf('audio_error').error).toMatchObject({ class: 'BadRequestError', status: 400, param: 'file' })
  })

  works('moderations.texts', async () => {
    expect(returned('moderations_texts')).toEqual([false, true])
  })

  works('moderations.picture', async () => {
    expect(returned('moderations_picture')).toEqual([true])
  })

  works('models.list', async () => {
    expect(returned('models_list')).toContain(model)
  })

  works('models.one', async () => {
    expect(returned('models_one')).toBe(model)
  })
})
