import fc from 'fast-check'
import { SpekaError } from '../errors.ts'
import { bytes, facts, parsed, streamOf } from './ask-chat.fake.ts'
import { readCompletions } from './completions/completions.ts'
import { readResponses } from './responses/responses.ts'

const dialects = [
  { name: 'responses', read: () => readResponses(bytes({ model: 'a', input: 'Hi', stream: true }), facts) },
  { name: 'completions', read: () => readCompletions(bytes({ model: 'a', prompt: 'Hi', stream: true }), facts) },
]

const any = fc.jsonValue({ maxDepth: 3 })
const toolCall = fc.oneof(
  any,
  fc.record({ index: any, id: any, function: fc.oneof(any, fc.record({ name: any, arguments: any })) }),
)
const said = fc.oneof(
  any,
  fc.record({ content: any, refusal: any, reasoning_content: any, tool_calls: fc.oneof(any, fc.array(toolCall)) }),
)
const choice = fc.oneof(
  any,
  fc.record({ index: fc.oneof(any, fc.constant(0)), delta: said, message: said, finish_reason: any }),
)
const chat = fc.record(
  {
    id: any,
    model: any,
    created: any,
    service_tier: any,
    system_fingerprint: any,
    choices: fc.oneof(any, fc.array(choice)),
    usage: fc.oneof(any, fc.record({ prompt_tokens: any, completion_tokens: any, cost: any, cost_details: any })),
  },
  { requiredKeys: [] },
)

const part = fc.oneof(
  any,
  fc.record({ type: fc.constantFrom('input_text', 'input_image', 'input_file', 'refusal'), text: any }),
)
const item = fc.oneof(
  any,
  fc.record({
    type: fc.oneof(
      any,
      fc.constantFrom('message', 'function_call', 'function_call_output', 'reasoning', 'item_reference'),
    ),
    role: fc.oneof(any, fc.constantFrom('user', 'assistant', 'developer')),
    content: fc.oneof(any, fc.array(part)),
    call_id: fc.oneof(any, fc.constant('c')),
    name: any,
    arguments: fc.oneof(any, fc.constant('{}')),
    output: fc.oneof(any, fc.array(part)),
    summary: fc.oneof(any, fc.array(any)),
    id: any,
  }),
)
const tool = fc.oneof(
  any,
  fc.record({ type: fc.oneof(any, fc.constant('function')), name: any, parameters: any, strict: any }),
)
const request = fc.record(
  {
    input: fc.oneof(any, fc.array(item)),
    prompt: fc.oneof(any, fc.array(any)),
    instructions: fc.oneof(any, fc.constant('x')),
    tools: fc.oneof(any, fc.array(tool)),
    tool_choice: fc.oneof(
      any,
      fc.record({ type: fc.oneof(any, fc.constantFrom('function', 'allowed_tools')), tools: any }),
    ),
    text: fc.oneof(
      any,
      fc.record({ format: fc.oneof(any, fc.record({ type: any, name: any, schema: any })), verbosity: any }),
    ),
    reasoning: fc.oneof(any, fc.record({ effort: any, mode: any })),
    include: any,
    metadata: any,
    n: any,
    best_of: any,
    logprobs: any,
    stream: any,
    stream_options: any,
    max_output_tokens: any,
    max_tokens: any,
  },
  { requiredKeys: [] },
)

test.each([
  ['responses', readResponses],
  ['completions', readCompletions],
])('%s takes any request, or says what is wrong with it', (_, read) => {
  fc.assert(
    fc.property(request, (fields) => {
      try {
        const dialect = read(bytes({ model: 'a', ...fields }), facts)
        expect(dialect.call.outline.messages.length).toBeGreaterThan(0)
        dialect.answer(bytes({}))
      } catch (error) {
        if (!SpekaError.is(error)) throw error
        expect(error.status).toBe(400)
        if (error.code !== 'invalid_json') expect(error.param).toBeDefined()
      }
    }),
    { numRuns: 300 },
  )
})

// What throws here would end the process: nobody above a sink is ready for it.
describe.each(dialects)('$name', ({ read }) => {
  test('makes an answer of any object', () => {
    fc.assert(
      fc.property(chat, (completion) => expect(parsed(read().answer(bytes(completion)))).toHaveProperty('object')),
    )
  })

  test('makes events of any objects, and an end of any failure', () => {
    fc.assert(
      fc.property(fc.array(chat), fc.boolean(), (chunks, breaks) => {
        const dialect = read()
        const told = Buffer.from(dialect.frames(streamOf(chunks, breaks ? 'none' : 'done'))).toString()
        expect(told.endsWith('data: [DONE]\n\n')).toBe(!breaks)
        if (breaks) expect(dialect.failure(new SpekaError('upstream_error', 'Sorry.')).length).toBeGreaterThan(0)
      }),
    )
  })
})
