import type { RequestFixture } from './provider-fixtures.contract.ts'

type Fields = Readonly<Record<string, unknown>>

const hi: readonly Fields[] = [{ role: 'user', content: 'Hi' }]

/** A request in the few things it differs in from the plainest. */
export interface RequestSketch {
  readonly name: string
  /** What the upstream calls the model. @default 'upstream-model' */
  readonly model?: string
  /** @default one message */
  readonly messages?: readonly Fields[]
  /** Fields of the caller's besides. */
  readonly asks?: Fields
  /** The messages as the upstream gets them. Default: as they are. */
  readonly getsMessages?: readonly Fields[]
  /** What the upstream gets besides. Default: what the caller asks. */
  readonly gets?: Fields
  readonly drops?: readonly string[]
}

export function requestFixture(sketch: RequestSketch): RequestFixture {
  const { name, model = 'upstream-model', messages = hi, asks = {}, drops = [] } = sketch
  const { getsMessages = messages, gets = asks } = sketch
  return {
    name,
    body: JSON.stringify({ model: 'lab/model', ...asks, messages }),
    target: { upstreamModel: model },
    sends: { model, messages: getsMessages, ...gets },
    drops,
  }
}

/** A function that can be called. */
export const weather = {
  type: 'function',
  function: { name: 'weather', parameters: { type: 'object', properties: {} } },
}

/** A conversation in which a tool was called, as a client keeps it. */
export const conversation = (assistant: Fields, id = 'call_abc123'): readonly Fields[] => [
  { role: 'user', content: 'Weather?' },
  {
    role: 'assistant',
    content: '',
    tool_calls: [{ id, type: 'function', function: { name: 'weather', arguments: '{}' } }],
    ...assistant,
  },
  { role: 'tool', tool_call_id: id, content: 'Sunny' },
]
