import type { SeenRequest, Step } from '../support/scripted-upstream.ts'

/** Calls the first tool it is offered when the user spoke last, as agents need it, and else says what it is. */
export function recorder({ body }: SeenRequest): readonly Step[] {
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
  // What nobody could have foreseen.
  const prompt = request.model === 'spends' ? 1_000_000 : 10
  const answer = JSON.stringify({
    id: 'chatcmpl-recorder',
    object: 'chat.completion',
    created: 0,
    model: 'recorder',
    choices: [{ index: 0, message, logprobs: null, finish_reason: callsTool ? 'tool_calls' : 'stop' }],
    usage: { prompt_tokens: prompt, completion_tokens: 5, total_tokens: prompt + 5 },
  })
  const head = [
    'HTTP/1.1 200 OK',
    'content-type: application/json',
    `content-length: ${Buffer.byteLength(answer)}`,
    '',
    '',
  ]
  return [{ write: head.join('\r\n') + answer }]
}
