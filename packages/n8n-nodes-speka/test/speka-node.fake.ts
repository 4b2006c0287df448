import { Speka } from '../nodes/Speka/Speka.node.ts'
import { fakeContext, type FakeOptions } from './context.fake.ts'

/** A model by its id, as the editor keeps it. */
export const model = (value: string) => ({ mode: 'id', value })

/** The parameters of a chat. */
export const chat = (content: string, more: object = {}) => ({
  resource: 'chat',
  operation: 'message',
  model: model('speka/sandbox'),
  messages: { values: [{ role: 'user', content }] },
  ...more,
})

/** Runs the node Speka once. */
export async function run(options: FakeOptions) {
  const fake = fakeContext(options)
  const [items = []] = await new Speka().execute.call(fake.context)
  return { ...fake, items }
}

/** The body of a request. */
export const bodyOf = ({ body }: { body?: unknown }): Record<string, unknown> => JSON.parse(String(body))

/** What n8n's helper gives back. */
export function reply(statusCode: number, body: object, headers: object = {}) {
  return { statusCode, headers: { 'x-request-id': 'req-1', ...headers }, body: Buffer.from(JSON.stringify(body)) }
}

/** A short answer. */
export const completion = (content: string) => ({
  id: 'c',
  object: 'chat.completion',
  created: 0,
  model: 'm',
  choices: [{ index: 0, message: { role: 'assistant', content }, finish_reason: 'stop' }],
  usage: { prompt_tokens: 1, completion_tokens: 1, total_tokens: 2 },
})

/** An error as a gateway says it. */
export const errorBody = (code: string, message: string) => ({ error: { message, code, type: 'x', param: null } })

/** A gateway that always says the same, and has one record. */
export function answering(headers: object, record: object) {
  return async ({ url }: { url: string }) =>
    url.includes('/generation') ? reply(200, record) : reply(200, completion('Hello'), headers)
}
