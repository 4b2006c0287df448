import type { ProviderFixtures } from '../provider-fixtures.contract.ts'
import { requestFixture } from '../request-fixture.contract.ts'

const safe = { filtered: false, severity: 'safe' }
const filters = { hate: safe, self_harm: safe, sexual: safe, violence: safe }
const promptFilters = [{ prompt_index: 0, content_filter_results: { ...filters, jailbreak: { detected: false } } }]

/** What content filters say stands in an event of its own, which has no id, no time, no model and no choices. */
const promptFiltered = JSON.stringify({
  choices: [],
  created: 0,
  id: '',
  model: '',
  object: '',
  prompt_filter_results: promptFilters,
})

const chunk = (choices: readonly object[], more: object = {}): string =>
  JSON.stringify({
    choices,
    created: 1_757_499_916,
    id: 'chatcmpl-CECImr5',
    model: 'gpt-5-mini-2025-08-07',
    object: 'chat.completion.chunk',
    system_fingerprint: null,
    ...more,
  })

const delta = (content: string): object => ({
  content_filter_results: filters,
  delta: { content },
  finish_reason: null,
  index: 0,
  logprobs: null,
})

const events = (...all: string[]): string => [...all, '[DONE]'].map((data) => `data: ${data}\n\n`).join('')

export const fixtures: ProviderFixtures = {
  requests: [
    requestFixture({
      name: 'the name of a deployment, and every field besides',
      model: 'our-gpt-4o',
      asks: { max_tokens: 5, temperature: 0, data_sources: [{ type: 'azure_search' }] },
    }),
    requestFixture({
      name: 'the newer limit to a deployment that is called what its model is called',
      model: 'gpt-5-mini',
      asks: { max_tokens: 5 },
      gets: { max_completion_tokens: 5 },
    }),
  ],
  answers: [
    {
      name: 'a model behind content filters',
      body: JSON.stringify({
        choices: [
          {
            content_filter_results: filters,
            finish_reason: 'stop',
            index: 0,
            logprobs: null,
            message: { annotations: [], content: 'Paris.', refusal: null, role: 'assistant' },
          },
        ],
        created: 1_757_499_903,
        id: 'chatcmpl-CECIZYH',
        model: 'gpt-5-mini-2025-08-07',
        object: 'chat.completion',
        prompt_filter_results: promptFilters,
        system_fingerprint: null,
        usage: {
          completion_tokens: 75,
          completion_tokens_details: { reasoning_tokens: 64 },
          prompt_tokens: 12,
          prompt_tokens_details: { cached_tokens: 0 },
          total_tokens: 87,
        },
      }),
      found: {
        text: 'Paris.',
        finishReason: 'stop',
        id: 'chatcmpl-CECIZYH',
        usage: { inputTokens: 12, outputTokens: 75, cachedInputTokens: 0, reasoningTokens: 64 },
      },
    },
  ],
  streams: [
    {
      name: 'an event about the prompt before the answer',
      body: events(
        promptFiltered,
        chunk([{ ...delta(''), delta: { content: '', refusal: null, role: 'assistant' } }]),
        chunk([delta('The capital')]),
        chunk([delta(' is Paris.')]),
        chunk([{ ...delta(''), delta: {}, finish_reason: 'stop' }]),
        chunk([], { usage: { completion_tokens: 11, prompt_tokens: 15, total_tokens: 26 } }),
      ),
      found: {
        text: 'The capital is Paris.',
        finishReason: 'stop',
        id: 'chatcmpl-CECImr5',
        usage: { inputTokens: 15, outputTokens: 11 },
      },
    },
    {
      name: 'filters that are late, with events about what was said before',
      body: events(
        chunk([{ ...delta(''), delta: { role: 'assistant' } }]),
        chunk([delta('Hi')]),
        JSON.stringify({
          id: '',
          object: '',
          created: 0,
          model: '',
          choices: [
            {
              index: 0,
              finish_reason: null,
              content_filter_results: filters,
              content_filter_offsets: { check_offset: 44, start_offset: 44, end_offset: 46 },
            },
          ],
        }),
        chunk([{ ...delta(''), delta: {}, finish_reason: 'stop' }]),
        chunk([], { usage: { completion_tokens: 2, prompt_tokens: 8, total_tokens: 10 } }),
      ),
      found: {
        text: 'Hi',
        finishReason: 'stop',
        id: 'chatcmpl-CECImr5',
        usage: { inputTokens: 8, outputTokens: 2 },
      },
    },
  ],
  errors: [
    {
      name: 'a key of another resource',
      status: 401,
      body: '{"error":{"code":"401","message":"Access denied due to invalid subscription key or wrong API endpoint. Make sure to provide a valid key for an active subscription and use a correct regional API endpoint for your resource."}}',
      failure: { class: 'credential', quote: undefined },
    },
    {
      name: 'an identity without the role',
      status: 401,
      body: '{"error":{"code":"PermissionDenied","message":"The principal `0a1b2c3d` lacks the required data action `Microsoft.CognitiveServices/accounts/OpenAI/deployments/chat/completions/action` to perform `POST /openai/deployments/{deployment-id}/chat/completions` operation."}}',
      failure: { class: 'credential', quote: undefined },
    },
    {
      name: 'a deployment that is not there',
      status: 404,
      body: '{"error":{"code":"DeploymentNotFound","message":"The API deployment for this resource does not exist. If you created the deployment within the last 5 minutes, please wait a moment and try again."}}',
      failure: { class: 'model_unavailable' },
    },
    {
      name: 'a limit by the minute',
      status: 429,
      headers: { 'retry-after': '26' },
      body: '{"error":{"code":"429","message":"Requests to the ChatCompletions_Create Operation under Azure OpenAI API version 2024-10-21 have exceeded token rate limit of your current OpenAI S0 pricing tier. Please retry after 26 seconds. Please go here: https://aka.ms/oai/quotaincrease if you would like to further increase the default rate limit."}}',
      failure: { class: 'rate_limit', retryAfterMs: 26_000 },
    },
    {
      name: 'a prompt that was filtered',
      status: 400,
      body: '{"error":{"message":"The response was filtered due to the prompt triggering Azure OpenAI\'s content management policy. Please modify your prompt and retry.","type":null,"param":"prompt","code":"content_filter","status":400,"innererror":{"code":"ResponsibleAIPolicyViolation","content_filter_result":{"hate":{"filtered":true,"severity":"high"}}}}}',
      failure: { class: 'content_policy' },
    },
    {
      name: 'capacity that is used up',
      status: 503,
      body: '{"error":{"code":"InternalServerError","message":"The server is temporarily unable to process your request. Please try again later."}}',
      failure: { class: 'transient' },
    },
  ],
}
