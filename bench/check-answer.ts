import type { Ask, ProbeResult } from './load/job.ts'
import { smallContent, vector, wordAt } from './upstream/answers.ts'

interface Choice {
  readonly message?: { readonly content?: string }
  readonly delta?: { readonly content?: string }
}

/**
 * What is wrong with an answer, in words; `undefined` when it says what the upstream said, event by event. The load generator itself
 * looks only at status and length, so this comes first.
 */
export function wrongWith({ status, body }: ProbeResult, { model, stream, endpoint }: Ask): string | undefined {
  if (status !== 200) return `status ${status}: ${body.slice(0, 300)}`
  if (endpoint === 'embeddings') return wrongWithVector(body, model)
  if (!stream) {
    const said = (JSON.parse(body) as { choices: Choice[] }).choices[0]?.message?.content
    return said === smallContent ? undefined : 'the answer is another one'
  }
  if (endpoint === 'responses') return wrongWithResponse(body, model)
  if (endpoint === 'messages') return wrongWithMessage(body, model)
  const events = body.split('\n\n').filter((event) => event.startsWith('data: '))
  if (events.at(-1) !== 'data: [DONE]') return 'the stream does not end with [DONE]'
  const words = events.slice(0, -1).flatMap((event) => {
    const { choices } = JSON.parse(event.slice('data: '.length)) as { choices: Choice[] }
    return choices[0]?.delta?.content ?? []
  })
  return wrongWithWords(words, model)
}

function wrongWithWords(words: readonly string[], model: string): string | undefined {
  const expected = Array.from({ length: lengthOf(model) }, (_, index) => wordAt(index))
  if (words.join('') !== expected.join('')) return 'the stream says something else'
  return words.filter((word) => word !== '').length === expected.length ? undefined : 'events were joined or cut'
}

function wrongWithResponse(body: string, model: string): string | undefined {
  const events = [...body.matchAll(/^data: (\{.*)$/gm)].map(
    ([, data = '']) => JSON.parse(data) as { type: string; delta?: string },
  )
  if (events.at(-1)?.type !== 'response.completed') return 'the stream does not end with response.completed'
  const words = events.flatMap(({ type, delta = '' }) => (type === 'response.output_text.delta' ? [delta] : []))
  return wrongWithWords(words, model)
}

function wrongWithMessage(body: string, model: string): string | undefined {
  const events = [...body.matchAll(/^data: (\{.*)$/gm)].map(
    ([, data = '']) => JSON.parse(data) as { type: string; delta?: { text?: string } },
  )
  if (events.at(-1)?.type !== 'message_stop') return 'the stream does not end with message_stop'
  const words = events.flatMap(({ type, delta }) => (type === 'content_block_delta' ? [delta?.text ?? ''] : []))
  return wrongWithWords(words, model)
}

function wrongWithVector(body: string, model: string): string | undefined {
  const { data, model: named } = JSON.parse(body) as { data: { embedding: unknown }[]; model: string }
  if (named !== model) return `the model is called "${named}"`
  return JSON.stringify(data[0]?.embedding) === JSON.stringify(vector) ? undefined : 'the vector is another one'
}

const lengthOf = (model: string): number => (model === 'mock-first' ? 2 : Number(/\d+$/.exec(model)?.[0] ?? 1))
