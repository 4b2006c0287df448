import type { Ask, Endpoint } from './job.ts'
import { promptText } from './prompt-text.ts'

/** A request, made once and sent many times. Its body has the size that its prompt names. */
export function requestBytes({ port, headers }: Endpoint, ask: Ask): Buffer {
  const bytes = ask.prompt.bytes - bodyOf(ask, '').length
  const body = bodyOf(ask, promptText({ kind: ask.prompt.kind, bytes: Math.max(0, bytes) }))
  const lines = Object.entries({
    host: `127.0.0.1:${port}`,
    'content-type': 'application/json',
    'content-length': `${Buffer.byteLength(body)}`,
    ...headers,
  }).map(([name, value]) => `${name}: ${value}\r\n`)
  const path = paths[ask.endpoint ?? 'chat']
  return Buffer.from(`POST ${path} HTTP/1.1\r\n${lines.join('')}\r\n${body}`)
}

const paths = {
  chat: '/v1/chat/completions',
  embeddings: '/v1/embeddings',
  responses: '/v1/responses',
  messages: '/v1/messages',
} as const

function bodyOf({ model, stream, endpoint }: Ask, content: string): string {
  if (endpoint === 'embeddings') return JSON.stringify({ model, input: content, encoding_format: 'float' })
  if (endpoint === 'responses') return JSON.stringify({ model, input: content, ...(stream && { stream }) })
  if (endpoint === 'messages')
    return JSON.stringify({
      model,
      max_tokens: 4096,
      system: 'You are a helpful assistant.',
      messages: [{ role: 'user', content }],
      ...(stream && { stream }),
    })
  const messages = [
    { role: 'system', content: 'You are a helpful assistant.' },
    { role: 'user', content },
  ]
  // The usage is asked for, so that everybody passes the same events on.
  return JSON.stringify({ model, messages, ...(stream && { stream, stream_options: { include_usage: true } }) })
}
