import { responseOf, said, streamOf } from '../../packages/core/src/providers/openai/__fixtures__/responses.ts'
import { chunk, json, streamHead, type SeenRequest, type Step } from './scripted-upstream.ts'

/** Keeps what it says for the key that asks, as OpenAI does, and knows it by ids of its own. */
export function keeping(kept: Map<string, string> = new Map()) {
  return (request: SeenRequest): readonly Step[] => {
    const key = request.headers['authorization'] ?? ''
    const body = JSON.parse(request.body) as { stream?: boolean; previous_response_id?: string; model: string }
    const before = body.previous_response_id ?? undefined
    if (before !== undefined && kept.get(before) !== key)
      return json({ error: { message: 'Not found', code: 'x' } }, 400)
    const id = `resp_upstream${kept.size}`
    kept.set(id, key)
    const words = before === undefined ? 'First.' : `After ${before}.`
    const response = responseOf([said(words)], {
      id,
      model: body.model,
      previous_response_id: before ?? null,
      store: true,
    })
    if (body.stream !== true) return json(response)
    return [
      streamHead,
      ...streamOf(response)
        .split(/(?<=\n\n)/)
        .map((event) => chunk(event)),
      { write: '0\r\n\r\n' },
    ]
  }
}
