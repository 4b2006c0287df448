import type { SeenRequest, Step } from '../support/scripted-upstream.ts'

/** As prose has them: a little fewer tokens than a gateway expects that wants to be on the safe side. */
const BYTES_PER_TOKEN = 4

/** Answers everything that is no call with a page, as most of what people type by mistake does. Calls the first tool it is offered when the user spoke last, as agents need it, and else says what it is. */
export function recorder({ body }: SeenRequest): readonly Step[] {
  if (body === '') return [{ write: `${headOf('text/html', page)}${page}` }]
  const request = JSON.parse(body) as {
    model: string
    messages: { role: string }[]
    tools?: { function: { name: string } }[]
  }
  const [tool] = request.tools ?? []
  const callsTool = tool !== undefined && request.messages.at(-1)?.role === 'user'
  const message = callsTool
    ? {
        role: 'assistant',
        content: null,
        refusal: null,
        tool_calls: [
          { id: 'call_1', type: 'function', function: { name: tool.function.name, arguments: '{"input":"2+3"}' } },
        ],
      }
    : { role: 'assistant', content: 'The recorder has it.', refusal: null }
  const prompt = Math.ceil(body.length / BYTES_PER_TOKEN)
  const answer = JSON.stringify({
    id: 'chatcmpl-recorder',
    object: 'chat.completion',
    created: 0,
    model: 'recorder',
    choices: [{ index: 0, message, logprobs: null, finish_reason: callsTool ? 'tool_calls' : 'stop' }],
    usage: { prompt_tokens: prompt, completion_tokens: 5, total_tokens: prompt + 5 },
  })
  return [{ write: `${headOf('application/json', answer)}${answer}` }]
}

const page = '<!doctype html><title>Hello</title>'

const headOf = (type: string, body: string): string =>
  ['HTTP/1.1 200 OK', `content-type: ${type}`, `content-length: ${Buffer.byteLength(body)}`, '', ''].join('\r\n')
