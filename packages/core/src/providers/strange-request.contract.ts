import fc from 'fast-check'

/** Parameters as callers send them, and as they do not. */
export const strangeRequest = fc
  .record(
    {
      temperature: fc.constantFrom(0, 1, 1.7, null),
      top_p: fc.constantFrom(0.5, 1, null),
      n: fc.constantFrom(1, 3, null),
      seed: fc.constantFrom(7, -7),
      stop: fc.constantFrom('a', ['a', 'b'], [], null),
      max_tokens: fc.constantFrom(5, null),
      max_completion_tokens: fc.constantFrom(6, null),
      presence_penalty: fc.constantFrom(0, 0.5),
      frequency_penalty: fc.constantFrom(0, 0.5),
      logit_bias: fc.constantFrom({}, { 5: 1 }),
      logprobs: fc.boolean(),
      top_logprobs: fc.constantFrom(0, 2),
      parallel_tool_calls: fc.boolean(),
      tools: fc.constantFrom(null, [], [{ type: 'function', function: { name: 'f' } }], [{ type: 'x' }, 5]),
      tool_choice: fc.constantFrom('auto', 'none', 'required', { type: 'function', function: { name: 'f' } }, {}),
      response_format: fc.constantFrom(
        { type: 'text' },
        { type: 'json_object' },
        { type: 'json_schema', json_schema: { name: 'a', schema: { type: 'object' } } },
        { type: 'json_schema' },
        {},
      ),
      reasoning_effort: fc.constantFrom('none', 'minimal', 'low', 'medium', 'high', 'xhigh', 'max', 'odd', null),
      thinking: fc.constantFrom({ type: 'enabled' }, { type: 'disabled' }, 7, null),
      user: fc.constantFrom('u', null),
      metadata: fc.constantFrom({ a: 'b' }, null),
      store: fc.boolean(),
      models: fc.constantFrom(['b'], null),
      session_id: fc.constantFrom('s', null),
      stream_options: fc.constantFrom({ include_usage: false }, { x: 1 }, null),
      constructor: fc.constant(1),
      toString: fc.constant(null),
    },
    { requiredKeys: [] },
  )
  .map((fields) => Object.fromEntries(Object.entries(fields).filter(([, value]) => value !== undefined)))
