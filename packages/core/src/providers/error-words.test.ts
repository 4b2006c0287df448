import type { FailureClass } from '../failure.ts'
import { errorWords } from './error-words.ts'
import { knownProviders, type ProviderType } from './known-providers.ts'
import { classifyErrorObject } from './openai-compatible/classify.ts'

/** An error as an upstream sends it: its status, and its body. */
type Sent = readonly [upstream: string, status: number, body: unknown]

const error = (message: string, more: Readonly<Record<string, unknown>> = {}): unknown => ({
  error: { message, type: 'invalid_request_error', param: null, code: null, ...more },
})

const meanings: Readonly<Record<Exclude<FailureClass, 'cancelled' | 'timeout' | 'unknown'>, readonly Sent[]>> = {
  quota: [
    ['OpenAI', 400, error('Billing hard limit has been reached', { code: 'billing_hard_limit_reached' })],
    ['OpenAI, in a sentence alone', 400, error('Billing hard limit has been reached')],
    ['OpenAI', 429, error('You exceeded your current quota, please check your plan', { code: 'insufficient_quota' })],
    ['OpenAI', 429, error('Your account is not active, please check your billing details on our website.')],
    [
      'Anthropic',
      400,
      error('You have reached your specified API usage limits. You will regain access on 2026-12-01.'),
    ],
    ['Anthropic', 400, error('You have reached your specified workspace API usage limits.')],
    ['Anthropic', 400, error('Your credit balance is too low to access the Anthropic API.')],
    [
      'xAI',
      403,
      {
        code: 'The caller does not have permission',
        error: 'Your team t has either used all available credits or reached its monthly spending limit.',
      },
    ],
    [
      'xAI',
      429,
      {
        code: 'Some resource has been exhausted',
        error: 'Your team t has either used all available credits or reached its monthly spending limit.',
      },
    ],
    [
      'xAI',
      403,
      {
        code: 'The caller does not have permission to execute the specified operation',
        error:
          "Your newly created teams doesn't have any credits yet. You can purchase credits on https://console.x.ai.",
      },
    ],
    [
      'Moonshot',
      429,
      error('Your account is suspended, please check your plan and billing details', {
        type: 'exceeded_current_quota_error',
      }),
    ],
    [
      'Moonshot, in a sentence alone',
      429,
      error('Your account is suspended, please check your plan and billing details'),
    ],
    ['Alibaba, in a sentence alone', 400, error('Access denied, please make sure your account is in good standing.')],
    ['Moonshot', 403, error('Your account org-1 is suspended due to insufficient balance, please recharge')],
    [
      'Zhipu',
      429,
      { error: { code: '1113', message: 'Insufficient balance or no resource package. Please recharge.' } },
    ],
    ['DeepSeek, behind a proxy', 400, error('Insufficient Balance')],
    ['Alibaba', 400, error('Access denied, please make sure your account is in good standing.', { code: 'Arrearage' })],
    ['Volcengine', 403, error('The account has an overdue balance.', { code: 'AccountOverdueError' })],
    ['Together', 400, error('Credit limit exceeded, please add credits')],
    ['Fireworks', 412, error('Account acme is suspended, possibly due to reaching the monthly spending limit.')],
    ['Hugging Face', 400, error('You have exceeded your monthly included credits for Inference Providers.')],
    ['a new-api gateway', 500, error('insufficient funds for this request', { type: 'new_api_error' })],
  ],
  credential: [
    [
      'xAI',
      400,
      {
        code: 'Client specified an invalid argument',
        error: 'Incorrect API key provided: xa***ab. You can obtain an API key from https://console.x.ai.',
      },
    ],
    [
      'Gemini',
      400,
      {
        error: {
          code: 400,
          message: 'API key not valid. Please pass a valid API key.',
          status: 'INVALID_ARGUMENT',
          details: [{ reason: 'API_KEY_INVALID' }],
        },
      },
    ],
    [
      'Gemini, as OpenAI',
      400,
      [{ error: { code: 400, message: 'API key expired. Please renew the API key.', status: 'INVALID_ARGUMENT' } }],
    ],
    ['an upstream that says nothing but the code', 400, error('', { code: 'invalid_api_key' })],
    ['DeepSeek, behind a proxy', 400, error('Authentication Fails, Your api key: ****1234 is invalid')],
    ['Bedrock', 400, { message: 'The security token included in the request is invalid.' }],
    ['Anthropic', 400, error('This organization has been disabled.')],
    ['Together', 400, error('Invalid API key provided. You can find your API key at https://api.together.ai')],
  ],
  content_policy: [
    ['LiteLLM', 400, error('litellm.ContentPolicyViolationError: it was declined', { code: '400' })],
    [
      'OpenRouter',
      403,
      error('Your chosen model requires moderation and your input was flagged for "violence".', { code: 403 }),
    ],
    [
      'OpenAI, images',
      400,
      error('Your request was rejected by the safety system.', {
        type: 'image_generation_user_error',
        code: 'moderation_blocked',
      }),
    ],
    ['OpenAI, images', 400, error('Your request was rejected as a result of our safety system.')],
    [
      'OpenAI',
      400,
      error('Invalid prompt: your prompt was flagged as potentially violating our usage policy.', {
        code: 'invalid_prompt',
      }),
    ],
    [
      'Azure',
      400,
      error("The response was filtered due to the prompt triggering Azure OpenAI's content management policy.", {
        code: 'content_filter',
      }),
    ],
    [
      'Azure, inside',
      400,
      { error: { code: null, message: 'x', innererror: { code: 'ResponsibleAIPolicyViolation' } } },
    ],
    [
      'Azure, in a sentence alone',
      400,
      error("The response was filtered due to the prompt triggering Azure OpenAI's content management policy."),
    ],
    ['Alibaba, in a sentence alone', 400, error('Output data may contain inappropriate content.')],
    ['Anthropic', 400, error('Output blocked by content filtering policy')],
    ['DeepSeek', 400, error('Content Exists Risk', { code: 'invalid_request_error' })],
    [
      'xAI',
      403,
      {
        code: 'The caller does not have permission',
        error: 'Content violates usage guidelines. Failed check: SAFETY_CHECK_TYPE_DATA_LEAKAGE',
      },
    ],
    ['Alibaba', 400, error('Output data may contain inappropriate content.', { code: 'data_inspection_failed' })],
    [
      'Moonshot',
      400,
      error('The request was rejected because it was considered high risk', { type: 'content_filter' }),
    ],
    [
      'Volcengine',
      400,
      error('The request failed because the input text may contain sensitive information.', {
        code: 'SensitiveContentDetected',
      }),
    ],
    [
      'StepFun',
      451,
      error('The content you provided or machine outputted is blocked.', { type: 'censorship_blocked' }),
    ],
    ['Together, images', 422, error('NSFW content detected in the output image')],
  ],
  context_window: [
    ['Cohere', 400, { message: 'too many tokens: total number of tokens in the prompt cannot exceed 4081' }],
    ['whoever says no more than that', 400, error('Too many tokens.')],
    ['llama-cpp-python', 500, error('Requested tokens (5136) exceed context window of 4096')],
    ['LM Studio', 400, { error: 'Cannot truncate prompt with n_keep (15028) >= n_ctx (7424)' }],
    [
      'OpenAI',
      400,
      error("This model's maximum context length is 8192 tokens.", {
        code: 'context_length_exceeded',
        param: 'messages',
      }),
    ],
    [
      'OpenAI',
      400,
      error('Your input exceeds the context window of this model. Please adjust your input and try again.'),
    ],
    [
      'OpenAI',
      400,
      error('Input tokens exceed the configured limit of 272000 tokens. Your messages resulted in 300000 tokens.'),
    ],
    [
      'OpenAI, embeddings',
      400,
      error('Requested 500000 tokens, max 300000 tokens per request', { code: 'max_tokens_per_request' }),
    ],
    ['xAI', 400, { error: "This model's maximum prompt length is 131072 but the request contains 200000 tokens." }],
    [
      'SGLang',
      400,
      {
        object: 'error',
        message:
          'Input length (700001 tokens) exceeds the maximum allowed length (536826 tokens). Use a shorter input or enable --allow-auto-truncate.',
        type: 'BadRequestError',
        code: 400,
      },
    ],
    ['SGLang', 400, error("The input (9000 tokens) is longer than the model's context length (8192 tokens).")],
    ['SGLang', 400, error("Requested token count exceeds the model's maximum context length of 202752 tokens.")],
    [
      'vLLM',
      400,
      error(
        "You passed 5001 input tokens and requested 0 output tokens. However, the model's context length is only 5000 tokens, resulting in a maximum input length of 5000 tokens.",
      ),
    ],
    ['vLLM', 400, error('The decoder prompt (length 5000) is longer than the maximum model length of 4096.')],
    [
      'TGI',
      422,
      {
        error:
          'Input validation error: `inputs` tokens + `max_new_tokens` must be <= 2048. Given: 2000 `inputs` tokens and 512 `max_new_tokens`',
        error_type: 'validation',
      },
    ],
    [
      'TGI',
      422,
      {
        error: 'Input validation error: `inputs` must have less than 1024 tokens. Given: 2000',
        error_type: 'validation',
      },
    ],
    [
      'llama.cpp',
      400,
      error('the request exceeds the available context size, try increasing it', { type: 'exceed_context_size_error' }),
    ],
    [
      'llama.cpp, embeddings',
      500,
      error('input is too large to process. increase the physical batch size', { type: 'server_error' }),
    ],
    ['Ollama', 400, error('prompt too long; exceeded max context length by 4 tokens')],
    ['Ollama, embeddings', 400, error('the input length exceeds the context length')],
    [
      'LM Studio',
      400,
      { error: 'The number of tokens to keep from the initial prompt is greater than the context length.' },
    ],
    [
      'Mistral',
      400,
      {
        object: 'error',
        message:
          'Prompt contains 40000 tokens and 0 draft tokens, too large for model with 32768 maximum context length',
        type: 'invalid_request_prompt',
        code: '3051',
      },
    ],
    [
      'Mistral, embeddings',
      400,
      { object: 'error', message: 'Input id 0 has 9000 tokens, exceeding max 8192 tokens.' },
    ],
    ['Together', 422, error('Input validation error: `inputs` tokens + `max_new_tokens` must be <= 8193.')],
    [
      'Gemini',
      400,
      {
        error: {
          code: 400,
          message: 'The input token count (1100000) exceeds the maximum number of tokens allowed (1048576).',
          status: 'INVALID_ARGUMENT',
        },
      },
    ],
    [
      'Vertex',
      400,
      {
        error: {
          code: 400,
          message:
            'Unable to submit request because the input token count is 1100000 but model only supports up to 1048576.',
        },
      },
    ],
    ['Bedrock', 400, { message: 'Input is too long for requested model.' }],
    ['Bedrock', 400, { message: 'Too many input tokens. Max input tokens: 8192, request input token count: 9279' }],
    ['Anthropic', 400, error('prompt is too long: 210000 tokens > 200000 maximum')],
    ['Anthropic', 400, error('input length and `max_tokens` exceed context limit: 190000 + 20000 > 200000')],
    [
      'Groq',
      400,
      error('Please reduce the length of the messages or completion.', { code: 'context_length_exceeded' }),
    ],
    [
      'Cerebras',
      400,
      {
        message: 'Please reduce the length of the messages or completion. Current length is 9000 while limit is 8192',
        code: 'context_length_exceeded',
      },
    ],
    ['Moonshot', 400, error('Invalid request: Your request exceeded model token limit: 8192')],
    ['MiniMax', 400, error('invalid params, context window exceeds limit')],
    ['Zhipu', 400, { error: { code: '1261', message: 'Prompt exceeds max length' } }],
    ['Alibaba', 400, error('Range of input length should be [1, 30720]')],
    ['Poolside', 400, error('Input length 131393 exceeds the maximum allowed input length of 131040 tokens.')],
    [
      'LiteLLM',
      400,
      error('litellm.ContextWindowExceededError: litellm.BadRequestError: it was too much', { code: '400' }),
    ],
    [
      'a gateway that quotes its upstream as JSON',
      400,
      error('upstream said {"error":{"message":"x","code":"context_length_exceeded"}}'),
    ],
  ],
  model_unavailable: [
    ['DeepSeek', 400, error('Model Not Exist', { code: 'invalid_request_error' })],
    ['DeepSeek', 400, error('The supported API model names are v4-pro or v4-flash, but you passed x.')],
    ['Alibaba', 400, error('Model not exist.')],
    ['NVIDIA', 400, { status: 400, detail: "Function id 'a': DEGRADED function cannot be invoked" }],
    ['vLLM', 400, error('The model `x` does not exist.', { type: 'NotFoundError', code: 404 })],
    [
      'Groq',
      400,
      error('The model `x` has been decommissioned and is no longer supported.', { code: 'model_decommissioned' }),
    ],
    ['Mistral', 400, { object: 'error', message: 'Invalid model: x', type: 'invalid_model', code: '1500' }],
    ['OpenRouter', 400, { error: { message: 'x/y is not a valid model ID', code: 400 } }],
    [
      'Together',
      400,
      error('Unable to access non-serverless model x. Please create a new dedicated endpoint', {
        code: 'model_not_available',
      }),
    ],
    [
      'Hugging Face',
      400,
      error("The requested model 'x' is not supported by any provider you have enabled.", {
        code: 'model_not_supported',
      }),
    ],
    ['Zhipu', 400, { error: { code: '1211', message: 'Unknown Model, please check the model code.' } }],
    ['Bedrock', 400, { message: 'The provided model identifier is invalid.' }],
    ['Ollama', 400, error('model "x" not found, try pulling it first')],
    ['LM Studio', 400, { error: 'No models loaded. Please load a model in the developer page.' }],
  ],
  unfit: [
    [
      'Anthropic',
      400,
      error('This model does not support assistant message prefill. The conversation must end with a user message.', {
        type: 'invalid_request_error',
      }),
    ],
    [
      'Mistral',
      400,
      {
        message: 'Expected last role User or Tool (or Assistant with prefix True) for serving but got assistant',
        type: 'invalid_request_message_order',
      },
    ],
    ['Groq', 400, error('Failed to call a function. Please adjust your prompt.', { code: 'tool_use_failed' })],
    ['Groq', 400, error('Failed to validate JSON. Please adjust your prompt.', { code: 'json_validate_failed' })],
    ['Groq', 400, error('Parsing failed.', { code: 'output_parse_failed' })],
    ['Ollama', 400, error('registry.ollama.ai/library/gemma:2b does not support tools')],
    ['Gemini', 400, error('Function calling is not enabled for models/gemma-3-12b-it')],
    ['Gemini', 400, error('Code execution is not enabled for models/gemma-3-27b-it')],
    ['Gemini', 400, error('Tool use with function calling is unsupported')],
    ['Groq', 400, error('`tool calling` is not supported with this model')],
    ['vLLM', 400, error('/models/qwen3 is not a multimodal model None')],
    ['vLLM', 400, error('"auto" tool choice requires --enable-auto-tool-choice and --tool-call-parser to be set')],
    [
      'OpenAI',
      400,
      error(
        "Function tools with reasoning_effort are not supported for gpt-5.9 in /v1/chat/completions. To use function tools, use /v1/responses or set reasoning_effort to 'none'.",
        { type: 'invalid_request_error', param: 'reasoning_effort' },
      ),
    ],
    [
      'OpenAI of an older model',
      400,
      error(
        'Function tools with reasoning_effort are not supported for m in /v1/chat/completions. Please use /v1/responses instead.',
      ),
    ],
    ['Azure', 400, error('This model is only supported in v1/responses and not in v1/chat/completions.')],
    [
      'Copilot',
      400,
      error('model m is not accessible via the /chat/completions endpoint', { code: 'unsupported_api_for_model' }),
    ],
    [
      'OpenAI with reasoning of another account',
      400,
      error('The encrypted content gAAA...Rg== could not be verified.', { code: 'invalid_encrypted_content' }),
    ],
    ['OpenAI, in a sentence alone', 400, error('The encrypted content gAAA...Rg== could not be verified.')],
    ['llama.cpp', 500, error('image input is not supported - hint: you may need to provide the mmproj')],
  ],
  rate_limit: [
    [
      'Groq',
      413,
      error('Request too large for model `x` in organization `org_1` on tokens per minute (TPM): Limit 6000', {
        type: 'tokens',
        code: 'rate_limit_exceeded',
      }),
    ],
    [
      'OpenAI',
      429,
      error('Rate limit reached for gpt-4o on tokens per min. Too many tokens.', { code: 'rate_limit_exceeded' }),
    ],
    ['Cohere', 429, { message: 'Too many tokens, please wait before trying again.' }],
  ],
  transient: [
    ['TGI', 424, { error: 'Request failed during generation: Server error: CUDA error', error_type: 'generation' }],
    ['llama.cpp', 503, error('Loading model', { type: 'unavailable_error' })],
  ],
  // What is the caller's mistake stays so, whatever it mentions.
  caller_fault: [
    [
      'a number that is too large',
      400,
      error('max_tokens is too large: 100000. This model supports at most 16384 completion tokens.', {
        param: 'max_tokens',
      }),
    ],
    [
      'a name that is too long',
      400,
      error(
        "Invalid 'user': string too long. Expected a string with maximum length 64, but got a string with length 70 instead.",
        { param: 'user', code: 'string_above_max_length' },
      ),
    ],
    [
      'a field with such a name',
      400,
      error("Unknown parameter: 'context_length'.", { param: 'context_length', code: 'unknown_parameter' }),
    ],
    [
      'a value with such a name',
      400,
      error("Invalid value: 'insufficient_quota'. Supported values are: 'a' and 'b'.", { param: 'x' }),
    ],
    [
      'a value that quotes a refused key',
      400,
      error("Invalid value: 'Incorrect API key provided'. Supported values are: 'system' and 'user'."),
    ],
    [
      'a value that quotes an empty account',
      422,
      error('Input should be a valid dictionary, got {"content": "Your credit balance is too low"}'),
    ],
    ['a value in an apostrophe', 400, error("The users' text 'it isn't so: billing hard limit' isn't allowed.")],
    ['a prompt that speaks of content', 400, error("Invalid value: 'your text may contain sensitive content'")],
    [
      'a key of a tool of the caller',
      400,
      error("Error retrieving tool list from MCP server: 'x'. Incorrect API key provided", { param: 'tools' }),
    ],
    [
      'a key of a tool of the caller, without a field',
      400,
      error('Authentication failed while communicating with the MCP server.'),
    ],
    ['a model that is not named', 400, error('you must provide a model parameter')],
    [
      'a model that is no text',
      400,
      error("Invalid type for 'model': expected a string, but got an integer instead.", { param: 'model' }),
    ],
    ['a call that is not answered', 400, error('No tool output found for function call call_1.', { param: 'input' })],
    [
      'a tool that is not there',
      400,
      error("Tool choice 'x' not found in 'tools' parameter.", { param: 'tool_choice' }),
    ],
    ['an image that is too large', 400, error('messages.0.content.1.image.source.base64: image exceeds 5 MB maximum')],
    [
      'a JSON that is none',
      400,
      error('We could not parse the JSON body of your request. Unexpected token o in JSON at position 1'),
    ],
    [
      'a field that is wrong in Claude',
      400,
      error('max_tokens: 200000 > 64000, which is the maximum allowed number of output tokens'),
    ],
    ['a body that is too large', 413, error('Request exceeds the maximum size', { type: 'request_too_large' })],
  ],
}

const rows = Object.entries(meanings).flatMap(([means, sent]) =>
  sent.map(([upstream, status, body]) => ({ means, upstream, status, body })),
)

const types: readonly ProviderType[] = [
  'openai-compatible',
  'openai',
  'anthropic',
  'gemini',
  'ollama',
  'openrouter',
  'bfl',
]

describe.each(types)('at an upstream of type %s', (type) => {
  const { adapter } = knownProviders[type]
  // Google's words are the same for a minute's limit and for a day's: its details tell.
  const known = rows.filter(({ status }) => type !== 'gemini' || status !== 429)

  test.each(known)('a $status of $upstream means $means', ({ means, status, body }) => {
    const failure = adapter.classify({ status, headers: {}, body: Buffer.from(JSON.stringify(body)) })
    expect(failure.class).toBe(means)
  })
})

const inBody = rows.filter(({ status, body }) => ![413, 424, 429, 451, 503].includes(status) && !Array.isArray(body))

test.each(inBody)('inside a success it is the same: $upstream means $means', ({ means, body }) => {
  const { error: inner } = body as { error?: unknown }
  const told = typeof inner === 'object' ? inner : { ...(body as object), type: 'invalid_request_error' }
  expect(classifyErrorObject({ type: 'invalid_request_error', ...told })).toMatchObject({
    class: means,
    mayBeBilled: true,
  })
})

/** All texts of an error. */
const textsIn = (value: unknown): string[] =>
  typeof value === 'string'
    ? [value]
    : typeof value === 'object' && value !== null
      ? Object.values(value).flatMap(textsIn)
      : []

test('every row has an example here, and says where it is from', () => {
  const examples = rows.flatMap(({ body }) => textsIn(body))
  const isShown = ({ codes = [], words }: (typeof errorWords)[number]): boolean =>
    examples.some((text) => words?.test(text) === true || codes.includes(text.toLowerCase()))
  expect(errorWords.filter((row) => !isShown(row)).map(({ source }) => source)).toEqual([])
  expect(errorWords.filter(({ source }) => source === '')).toEqual([])
})

test.each(['quota', 'credential'])('what is said of %s is not shown: it is the operator’s', (means) => {
  for (const [, status, body] of means === 'quota' ? meanings.quota : meanings.credential) {
    const failure = knownProviders['openai-compatible'].adapter.classify({
      status,
      headers: {},
      body: Buffer.from(JSON.stringify(body)),
    })
    expect([failure.quote, failure.param]).toEqual([undefined, undefined])
    expect(failure.message).toMatch(/gateway's (?:key|account)/)
  }
})

test.each([
  ['This organization has been disabled.', "does not serve the gateway's account"],
  ['gemma:2b does not support tools', 'cannot be asked this'],
  [
    'This model does not support assistant message prefill. The conversation must end with a user message.',
    'cannot be asked this',
  ],
  ['model m is not accessible via the /chat/completions endpoint', 'cannot be asked this at this endpoint'],
  ['The encrypted content gAAA could not be verified.', 'cannot read the reasoning of another account'],
  ['image input is not supported', 'cannot be asked this'],
])('where the class does not tell it, what happened is said closer: %s', (sentence, says) => {
  expect(classifyErrorObject({ type: 'invalid_request_error', message: sentence }).message).toBe(says)
})
