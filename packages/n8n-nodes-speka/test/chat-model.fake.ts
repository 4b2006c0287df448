import { LmChatSpeka } from '../nodes/LmChatSpeka/LmChatSpeka.node.ts'
import type { FakeChatOpenAI } from './chat-openai.fake.ts'
import { fakeContext, type FakeOptions } from './context.fake.ts'

/** A model as the editor keeps it. */
export const model = (value: string) => ({ mode: 'list', value })

/** The model that the node hands to an agent. */
export async function supply(parameters: object = {}, more: Partial<FakeOptions> = {}): Promise<FakeChatOpenAI> {
  const { context } = fakeContext({ parameters: { model: model('acme/asked'), ...parameters }, ...more })
  const { response } = await new LmChatSpeka().supplyData.call(context, 0)
  return response as FakeChatOpenAI
}

/** What LangChain made, below what the node put around it. */
export const original = ({ completions }: FakeChatOpenAI) =>
  Object.getPrototypeOf(completions) as FakeChatOpenAI['completions']

/** The headers of its calls, in order. */
export const headersOf = (supplied: FakeChatOpenAI) =>
  original(supplied).asked.map(({ options }) => options?.['headers'])

/** What the OpenAI client throws; without a status, in the middle of a stream. */
export function clientError(status: number | undefined, error: object | undefined): Error {
  const headers = new Headers({ 'x-request-id': 'req-1' })
  return Object.assign(new Error('An error of the client'), { status, error, headers })
}

/** What the OpenAI client throws when the gateway refuses. */
export const refusal = (status: number, code: string, message: string): Error =>
  clientError(status, { code, message, type: 'x', param: null })
