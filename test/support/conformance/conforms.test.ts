import { amendments } from './amendments.ts'
import { conforms, deviationsFrom } from './conforms.ts'
import { examples } from './examples.ts'
import type { Shape } from './shapes.ts'

const shapes = Object.keys(examples) as Shape[]

describe('a value as OpenAI sends it', () => {
  test.each(shapes.flatMap((shape) => examples[shape].map((value, index) => ({ shape, index, value }))))(
    'passes as a $shape ($index)',
    ({ shape, value }) => {
      expect(deviationsFrom(shape, onTheWire(value))).toEqual([])
    },
  )

  test.each(shapes.flatMap((shape) => examples[shape].map((value, index) => ({ shape, index, value }))))(
    'passes as a $shape with more than is described ($index)',
    ({ shape, value }) => {
      expect(deviationsFrom(shape, onTheWire({ ...value, cost: { total: '1' }, x: [] }))).toEqual([])
    },
  )
})

/** Each row spoils the first example, or the one of that index: sets what stands at a place, or takes it away. */
const spoilt: { shape: Shape; example?: number; at: string; to?: unknown; says: string }[] = [
  { shape: 'chat completion', at: 'choices/0/logprobs', says: 'at /choices/0 lacks logprobs' },
  {
    shape: 'chat completion',
    at: 'choices/0/message/refusal',
    says: 'ChatCompletionResponseMessage at /choices/0/message lacks refusal',
  },
  { shape: 'chat completion', at: 'choices/0/message/content', says: 'lacks content' },
  { shape: 'chat completion', at: 'choices/0/message/content', to: [], says: 'content must be string: []' },
  { shape: 'chat completion', at: 'choices/0/finish_reason', to: 'eos', says: '"eos"' },
  { shape: 'chat completion', at: 'choices/0/finish_reason', to: null, says: 'finish_reason must be string: null' },
  { shape: 'chat completion', at: 'created', to: 1_790_000_000.5, says: 'created must be integer' },
  { shape: 'chat completion', at: 'created', to: 1_790_000_000_000, says: 'format "unixtime"' },
  { shape: 'chat completion', at: 'usage/total_tokens', says: 'CompletionUsage at /usage lacks total_tokens' },
  { shape: 'chat completion', at: 'usage', to: null, says: 'usage must be object: null' },
  {
    shape: 'chat completion',
    at: 'object',
    to: 'chat.completion.chunk',
    says: 'CreateChatCompletionResponse at /object',
  },
  {
    shape: 'chat completion',
    example: 1,
    at: 'choices/0/message/tool_calls/1/function/arguments',
    to: { city: 'Oslo' },
    says: 'ChatCompletionMessageToolCall at /choices/0/message/tool_calls/1/function/arguments must be string: {"city":"Oslo"}',
  },
  { shape: 'chat completion chunk', at: 'choices', says: 'lacks choices' },
  { shape: 'chat completion chunk', at: 'choices/0/delta', says: 'at /choices/0 lacks delta' },
  { shape: 'chat completion chunk', at: 'choices/0/finish_reason', says: 'at /choices/0 lacks finish_reason' },
  { shape: 'chat completion chunk', at: 'choices/0/finish_reason', to: '', says: 'finish_reason must be equal' },
  { shape: 'chat completion chunk', at: 'choices/0/delta/role', to: 'bot', says: '"bot"' },
  {
    shape: 'chat completion chunk',
    example: 1,
    at: 'choices/0/delta/tool_calls/0/index',
    says: 'ChatCompletionMessageToolCallChunk at /choices/0/delta/tool_calls/0 lacks index',
  },
  { shape: 'completion', at: 'choices/0/text', says: 'lacks text' },
  { shape: 'completion', at: 'choices/0/logprobs', says: 'lacks logprobs' },
  { shape: 'completion', at: 'choices/0/finish_reason', to: 'tool_calls', says: '"tool_calls"' },
  { shape: 'completion', at: 'choices/0/finish_reason', to: null, says: 'finish_reason must be string: null' },
  { shape: 'completion chunk', at: 'choices/0/finish_reason', says: 'lacks finish_reason' },
  { shape: 'completion chunk', at: 'choices/0/finish_reason', to: 'done', says: '"done"' },
  { shape: 'embeddings', at: 'usage', says: 'lacks usage' },
  { shape: 'embeddings', at: 'data/0/index', says: 'Embedding at /data/0 lacks index' },
  { shape: 'embeddings', at: 'data/0/embedding/1', to: '0.1', says: 'embedding/1 must be number' },
  { shape: 'embeddings', at: 'data/1/embedding', to: '%%%', says: 'format "byte"' },
  { shape: 'images', at: 'created', says: 'lacks created' },
  { shape: 'images', at: 'data', says: 'lacks data' },
  { shape: 'images', at: 'data/0/b64_json', to: null, says: 'Image at /data/0/b64_json must be string: null' },
  { shape: 'images', example: 1, at: 'data/0/url', to: '1.png', says: 'format "uri"' },
  { shape: 'image event', at: 'partial_image_index', says: 'ImageGenPartialImageEvent lacks partial_image_index' },
  { shape: 'image event', example: 1, at: 'usage', says: 'ImageGenCompletedEvent lacks usage' },
  { shape: 'image event', at: 'type', to: 'image.done', says: 'ImageGenStreamEvent at /type must be equal' },
  { shape: 'response', at: 'id', says: 'lacks id' },
  { shape: 'response', at: 'parallel_tool_calls', says: 'lacks parallel_tool_calls' },
  { shape: 'response', at: 'user', to: null, says: 'user must be string: null' },
  { shape: 'response', at: 'status', to: 'done', says: '"done"' },
  {
    shape: 'response',
    example: 1,
    at: 'output/0/content/0/annotations',
    says: 'OutputTextContent at /output/0/content/0 lacks annotations',
  },
  {
    shape: 'response',
    example: 1,
    at: 'output/0/type',
    to: 'text',
    says: 'OutputItem at /output/0/type must be equal',
  },
  { shape: 'response', example: 2, at: 'output/2/call_id', says: 'FunctionToolCall at /output/2 lacks call_id' },
  { shape: 'response', example: 2, at: 'tools/0/strict', says: 'FunctionTool at /tools/0 lacks strict' },
  {
    shape: 'response',
    example: 1,
    at: 'usage/input_tokens_details/cache_write_tokens',
    says: 'lacks cache_write_tokens',
  },
  { shape: 'response event', at: 'sequence_number', says: 'ResponseCreatedEvent lacks sequence_number' },
  { shape: 'response event', at: 'response/object', says: 'Response at /response lacks object' },
  { shape: 'response event', example: 2, at: 'item/role', says: 'OutputMessage at /item lacks role' },
  { shape: 'response event', example: 4, at: 'logprobs', says: 'ResponseTextDeltaEvent lacks logprobs' },
  { shape: 'response event', example: 10, at: 'name', says: 'ResponseFunctionCallArgumentsDoneEvent lacks name' },
  { shape: 'response event', example: 14, at: 'param', says: 'ResponseErrorEvent lacks param' },
  { shape: 'response event', at: 'type', to: 'ping', says: 'ResponseStreamEvent at /type must be equal' },
  { shape: 'response event', at: 'type', says: 'ResponseStreamEvent lacks type' },
  { shape: 'model', at: 'owned_by', says: 'Model lacks owned_by' },
  { shape: 'model', at: 'created', to: '0', says: 'created must be integer' },
  { shape: 'models', at: 'data', to: null, says: 'data must be array: null' },
  { shape: 'models', example: 1, at: 'data/0/id', says: 'Model at /data/0 lacks id' },
  { shape: 'error', at: 'error/param', says: 'Error at /error lacks param' },
  { shape: 'error', at: 'error/type', to: null, says: 'Error at /error/type must be string: null' },
  { shape: 'error', at: 'error', to: 'No.', says: 'Error at /error must be object: "No."' },
]

describe('a value that OpenAI would not send', () => {
  test.each(spoilt)('is no $shape: $at, $to', ({ shape, example = 0, at, to, says }) => {
    const value = onTheWire(examples[shape][example])
    set(value, at.split('/'), to)
    expect(deviationsFrom(shape, value)).toEqual([expect.stringContaining(says)])
  })

  test.each(shapes.flatMap((shape) => ['text', 3, null, [], true].map((value) => ({ shape, value }))))(
    'is no $shape when it is $value',
    ({ shape, value }) => {
      const deviations = deviationsFrom(shape, value)
      expect(deviations).not.toEqual([])
      expect(deviations.filter((one) => !one.includes('must be object'))).toEqual([])
    },
  )

  test.each(shapes)('is no %s when it is empty', (shape) => {
    expect(deviationsFrom(shape, {})).toEqual([expect.stringMatching(/ lacks .*: {}$/)])
  })

  test('is refused with the component, the place and what stands there, cut short', () => {
    const value = onTheWire(examples.error[0])
    set(value, ['error', 'code'], 'x'.repeat(1000).split(''))
    expect(() => conforms('error', value)).toThrow(
      /^This is no error as OpenAI describes one:\n  Error at \/error\/code must be string: \["x",.{190,200}…$/,
    )
  })
})

test('every amendment is needed: the description itself says otherwise', () => {
  expect(amendments.length).toBeGreaterThan(0)
  for (const { becomes, why } of amendments) expect({ why, changes: becomes({}) }).not.toEqual({ why, changes: {} })
})

/** What arrives: without what is undefined. */
const onTheWire = (value: unknown): unknown => JSON.parse(JSON.stringify(value))

/** Sets what stands at the end of the way; `undefined` takes it away. */
function set(value: unknown, [step = '', ...rest]: readonly string[], to: unknown): void {
  const place = value as Record<string, unknown>
  if (rest.length > 0) set(place[step], rest, to)
  else if (to === undefined) delete place[step]
  else place[step] = to
}
