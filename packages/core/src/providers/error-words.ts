import type { FailureClass } from '../failure.ts'

/** How upstreams tell something that their status does not, or tells wrongly. */
export interface ErrorWords {
  readonly class: FailureClass
  /** Whole codes and types, in lower case. */
  readonly codes?: readonly string[]
  /** What stands in the sentence. What it quotes is not looked at: that may be the caller's. */
  readonly words?: RegExp
  /** What happened, in our words. Default: what the class says. */
  readonly says?: string
  /** Whose API it is a fact of, and where it is told or was seen. */
  readonly source: string
}

/**
 * Errors by their words. Codes are looked for before sentences; among either, the first row wins. A new one needs a row
 * here, and its sentence in `error-words.test.ts`.
 */
export const errorWords: readonly ErrorWords[] = [
  // The operator's account is out of money, or at a limit of its own.
  {
    class: 'quota',
    codes: ['insufficient_quota', 'billing_hard_limit_reached', 'billing_not_active'],
    words:
      /exceeded your current quota|billing hard limit|account is not active, please check your billing|maximum monthly spend/i,
    source: 'OpenAI, https://platform.openai.com/docs/guides/error-codes',
  },
  {
    class: 'quota',
    codes: ['billing_error'],
    words: /credit balance is too low|reached (?:your|its) (?:specified )?(?:\w+ )?(?:API )?usage limits?\b/i,
    source: 'Anthropic, https://docs.claude.com/en/api/errors; anthropics/claude-code#82991',
  },
  {
    class: 'quota',
    words:
      /used all (?:of its |your )?available credits|reached (?:its|your) monthly spending limit|teams? (?:doesn't|does not) have any credits/i,
    source: 'xAI by 403 and 429, continuedev/continue#10373',
  },
  {
    class: 'quota',
    codes: ['exceeded_current_quota_error'],
    words: /(?:account|organization)[^.]{0,80}suspended[^.]{0,40}(?:balance|billing|recharge)/i,
    source: 'Moonshot, https://platform.moonshot.ai/docs/api/chat#error-codes',
  },
  {
    class: 'quota',
    codes: ['insufficient_balance', 'insufficient_credits', 'insufficient_funds', 'payment_required'],
    words:
      /insufficient (?:account )?(?:balance|credits?|funds)|(?:out of|not enough|no (?:remaining|available)) credits|credits? (?:limit exceeded|(?:are|is|have been|has been) (?:exhausted|used up|depleted))|payment required/i,
    source: 'DeepSeek, https://api-docs.deepseek.com/quick_start/error_codes; Together; Zhipu; MiniMax; Fireworks',
  },
  {
    class: 'quota',
    codes: ['arrearage', 'accountoverdueerror', 'allocationquota.freetieronly', 'accountquotaexceeded'],
    words:
      /account is in good standing|account (?:is|has been) (?:overdue|in arrears)|free (?:tier|allocated quota)[^.]{0,40}(?:exhausted|exceeded)/i,
    source: 'Alibaba, https://www.alibabacloud.com/help/en/model-studio/error-code; Volcengine',
  },
  {
    class: 'quota',
    words: /account \S{1,100} is suspended, possibly due to reaching the monthly spending limit/i,
    source: 'Fireworks by 412, https://docs.fireworks.ai/guides/inference-error-codes',
  },
  {
    class: 'quota',
    words: /exceeded your monthly included credits/i,
    source: 'Hugging Face, huggingface/agents-course#386',
  },
  // The operator's key is refused.
  {
    class: 'credential',
    codes: ['invalid_api_key', 'invalid_authentication_error', 'incorrect_api_key_error', 'account_deactivated'],
    words:
      /(?:incorrect|invalid|wrong) (?:x-)?api[ -]?key\b|did(?:n't| not) provide an api[ -]?key|no api[ -]?key (?:was )?(?:provided|given|found)|missing api[ -]?key/i,
    source: 'OpenAI, https://platform.openai.com/docs/guides/error-codes; xAI by 400, continuedev/continue#10778',
  },
  {
    class: 'credential',
    codes: ['api_key_invalid', 'api_key_expired', 'api_key_service_blocked', 'api_key_http_referrer_blocked'],
    words:
      /api[ -]?key (?:is )?(?:not valid|invalid|incorrect|expired)|api[ -]?key (?:has |was )(?:been )?(?:expired|disabled|revoked|suspended|reported as leaked)/i,
    source: 'Gemini, https://ai.google.dev/gemini-api/docs/troubleshooting; google.rpc.ErrorInfo',
  },
  {
    class: 'credential',
    codes: ['authentication_error', 'authenticationerror', 'authentication_failed', 'unauthorized', 'unauthenticated'],
    words:
      /\bauthentication (?:fails|failed)\b|invalid (?:authentication|auth(?:orization)?) (?:credentials?|token|header)/i,
    source: 'DeepSeek, https://api-docs.deepseek.com/quick_start/error_codes; Moonshot; vLLM',
  },
  {
    class: 'credential',
    codes: [
      'unrecognizedclientexception',
      'invalidsignatureexception',
      'signaturedoesnotmatch',
      'incompletesignature',
      'requestexpired',
      'requesttimetooskewed',
      'expiredtokenexception',
    ],
    words: /security token included in the request is (?:invalid|expired)/i,
    source:
      'Bedrock, https://docs.aws.amazon.com/bedrock/latest/APIReference/CommonErrors.html; https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_sigv-troubleshooting.html',
  },
  {
    class: 'credential',
    words: /^(?:this|your|the) (?:organization|account|project|workspace) has been (?:disabled|deactivated|suspended)/i,
    says: "does not serve the gateway's account",
    source: 'Anthropic by 400, anthropics/claude-code#72457; OpenAI by 401',
  },
  // The content is declined.
  {
    class: 'content_policy',
    codes: ['content_policy_violation', 'moderation_blocked', 'content_moderation_failed', 'image_generation_blocked'],
    words:
      /(?:rejected|blocked|declined|failed)[^.]{0,40}\bsafety system|flagged as potentially violating our usage polic|violat(?:es|ing) (?:our|openai's) usage polic|flagged for possible cybersecurity risk|content[_ ]policy violation/i,
    source: 'OpenAI, https://platform.openai.com/docs/guides/image-generation; alvinunreal/oh-my-opencode-slim#1135',
  },
  {
    class: 'content_policy',
    codes: ['content_filter', 'contentfilter', 'responsibleaipolicyviolation'],
    words: /content management policy|prompt triggering[^.]{0,60}content|responsible ai (?:practices|polic)/i,
    source: 'Azure, https://learn.microsoft.com/en-us/azure/ai-foundry/openai/concepts/content-filter; Imagen',
  },
  {
    class: 'content_policy',
    words: /blocked by (?:our |the )?content filter(?:s|ing)?|prompt was flagged by our safety/i,
    source: 'Anthropic by 400, anthropics/claude-code#6195; Bedrock',
  },
  {
    class: 'content_policy',
    words: /^\s*content exists risk/i,
    source: 'DeepSeek by 400, deepseek-ai/DeepSeek-V2#30',
  },
  {
    class: 'content_policy',
    words: /content violates (?:our )?usage guidelines|safety_check_type_/i,
    source: 'xAI by 403, https://docs.x.ai/docs/guides/errors',
  },
  {
    class: 'content_policy',
    codes: [
      'data_inspection_failed',
      'datainspectionfailed',
      'sensitivecontentdetected',
      'inputtextsensitivecontentdetected',
      'outputtextsensitivecontentdetected',
      'inputimagesensitivecontentdetected',
      'outputimagesensitivecontentdetected',
      'censorship_blocked',
    ],
    words:
      /may contain (?:inappropriate|sensitive|unsafe) (?:content|information)|(?:input|output|text|image) (?:data )?(?:contains|is) sensitive|contains sensitive words|considered high risk|\bnew_sensitive\b|不安全或敏感|内容安全/i,
    source: 'Alibaba; Volcengine; Zhipu; MiniMax; Moonshot, https://platform.moonshot.ai/docs/api/chat#error-codes',
  },
  {
    class: 'content_policy',
    codes: ['nsfw_content_detected'],
    words:
      /nsfw (?:content|image)s? (?:was |were )?detected|(?:content|input|prompt|output|image)s? (?:was |were |has been |have been )?(?:flagged|blocked|rejected) by (?:\w+ ){0,3}(?:moderation|safety|guardrail)|flagged as sensitive|(?:was|been) moderated\b/i,
    source: 'Together; Mistral, https://docs.mistral.ai/capabilities/guardrailing; Replicate; Black Forest Labs',
  },
  {
    class: 'content_policy',
    words: /requires moderation\b.{0,80}\binput was flagged/i,
    source: 'OpenRouter by 403, https://openrouter.ai/docs/api-reference/errors',
  },
  {
    class: 'content_policy',
    words: /\bContentPolicyViolationError\b/,
    source: 'LiteLLM, https://docs.litellm.ai/docs/exception_mapping',
  },
  // The prompt is too long for the model.
  {
    class: 'context_window',
    codes: ['context_length_exceeded', 'max_tokens_per_request', 'tokens_limit_reached'],
    words:
      /maximum context (?:length|window|size)|exceeds? (?:the|its|this model's|the model's) (?:\w+ )?context (?:length|window|size|limit)|context[_ ](?:length|window|limit) (?:is |was )?exceeded|(?:tokens|length)[^.]{0,20} exceeds? the configured limit|reduce the length of (?:the|your) (?:messages|prompt|input)|(?:messages|input|prompt)\S{0,40} string too long/i,
    source: 'OpenAI, https://platform.openai.com/docs/guides/error-codes; vLLM; OpenRouter; DeepSeek; Groq; Cerebras',
  },
  {
    class: 'context_window',
    words: /prompt is too long|exceeds? context limit/i,
    source: 'Anthropic, https://docs.claude.com/en/docs/build-with-claude/context-windows; Bedrock; Fireworks',
  },
  {
    class: 'context_window',
    words: /maximum prompt length/i,
    source: 'xAI, mnfst/llm-gateway#2338',
  },
  {
    class: 'context_window',
    words:
      /input length[^.]{0,40} exceeds? (?:the )?maximum|exceeds? the maximum allowed (?:input )?length|longer than the (?:model's context length|maximum model length)|max(?:imum)?_model_len|model's context length is only/i,
    source: 'SGLang, NVIDIA-NeMo/Switchyard#426; vLLM, vllm-project/vllm#36197; Poolside, earendil-works/pi#4943',
  },
  {
    class: 'context_window',
    words: /`inputs`[^.]{0,40}must (?:be|have)/i,
    source: 'TGI and Together, huggingface/text-generation-inference router/src/validation.rs',
  },
  {
    class: 'context_window',
    codes: ['exceed_context_size_error'],
    words: /exceeds? the available context size|is too large to process/i,
    source: 'llama.cpp, ggml-org/llama.cpp tools/server',
  },
  {
    class: 'context_window',
    words: /requested tokens \(\d+\) exceed context window/i,
    source: 'llama-cpp-python by 500, abetlen/llama-cpp-python#462',
  },
  {
    class: 'context_window',
    words:
      /exceeds? (?:the )?(?:max(?:imum)? )?context length|exceeded max context length|greater than the context length|context (?:the )?overflows|n_keep[^.]{0,20}>= ?n_ctx/i,
    source:
      'Ollama, ollama/ollama server/routes.go; LM Studio, lmstudio-ai/lmstudio-bug-tracker#546, anomalyco/opencode#11141',
  },
  {
    class: 'context_window',
    words:
      /too large for model with \d+ maximum context|too many tokens in (?:the )?prompt|prompt contains \d+ tokens|tokens, exceeding max \d+ tokens/i,
    source: 'Mistral, its code 3051',
  },
  {
    class: 'context_window',
    words:
      /token count[^.]{0,80}exceeds|exceeds the maximum number of (?:input )?tokens|token count is \d+ but model only supports/i,
    source: 'Gemini and Vertex, https://ai.google.dev/gemini-api/docs/tokens; GitHub Copilot',
  },
  {
    class: 'context_window',
    words: /input is too long for requested model|too many input tokens|expected maxLength: \d+, actual/i,
    source: 'Bedrock, https://docs.aws.amazon.com/bedrock/latest/userguide/troubleshooting-api-error-codes.html',
  },
  {
    class: 'context_window',
    words:
      /exceeded model token limit|prompt exceeds max length|context window exceeds limit|range of input length should be|exceeded this model context window|prompt cannot exceed \d+|上下文长度|超过最大长度/i,
    source: 'Moonshot; Zhipu; MiniMax; Alibaba; Cloudflare; Cohere',
  },
  {
    class: 'context_window',
    words: /too many tokens\b(?!.{0,40}(?:wait|try again|minute|per ))/i,
    source: 'Cohere and others',
  },
  {
    class: 'context_window',
    words: /\bContextWindowExceededError\b/,
    source: 'LiteLLM, https://docs.litellm.ai/docs/exception_mapping',
  },
  // The upstream does not serve the model.
  {
    class: 'model_unavailable',
    codes: ['model_not_found', 'model_not_available', 'model_decommissioned', 'model_not_supported', 'invalid_model'],
    words:
      /\bmodel:? (?:\S{1,100} ){0,3}?(?:does not exist|doesn't exist|(?:is |was )?not found|is not available|has been (?:decommissioned|deprecated|retired|removed)|is not (?:supported|available) (?:by|on|in) )|\S is not a valid model\b/i,
    source: 'OpenAI; vLLM; Groq, https://console.groq.com/docs/deprecations; Mistral; OpenRouter; Hugging Face',
  },
  {
    class: 'model_unavailable',
    words: /^\s*model not exist|^\s*the supported API model names are/i,
    source: 'DeepSeek by 400, langbot-app/LangBot#1643, HKUDS/Paper2Slides#37; Alibaba',
  },
  {
    class: 'model_unavailable',
    words:
      /\b(?:unknown|invalid|no such|unsupported) model\b(?! (?:parameter|param|type|field|name must))|model identifier is invalid|with on-demand throughput|non-serverless model|\bno models? loaded\b|try pulling it first/i,
    source: 'Zhipu; Mistral; Bedrock; Together; LM Studio; Ollama',
  },
  {
    class: 'model_unavailable',
    words: /function cannot be invoked|\bfunction (?:id )?\S{0,60} ?not found for account/i,
    source: 'NVIDIA, which reports a model that is down as the fault of the caller',
  },
  // The upstream serves the model, but not for this.
  {
    class: 'unfit',
    words:
      /does not support (?:tools|function calling|tool use|thinking|images?|vision)\b|requires --enable-auto-tool-choice/i,
    says: 'cannot be asked this',
    source: 'Ollama by 400, ollama/ollama server/routes.go; vLLM and NVIDIA without a parser of tool calls',
  },
  {
    class: 'unfit',
    words: /does not support assistant message prefill|expected last role user or tool/i,
    says: 'cannot be asked this',
    source:
      'Anthropic by 400, vercel/ai#12296, also through others, anomalyco/opencode#13768; Mistral, NEKOparapa/AiNiee#641',
  },
  {
    class: 'unfit',
    codes: ['unsupported_api_for_model'],
    words:
      /\b(?:use|using|supported (?:only )?in) (?:the )?\/?v1\/responses\b|not accessible via the \S{1,40} endpoint/i,
    says: 'cannot be asked this at this endpoint',
    source: 'OpenAI by 400, openai/openai-openapi#541, BerriAI/litellm#34569; Copilot, caozhiyuan/copilot-api#102',
  },
  {
    class: 'unfit',
    words:
      /\b(?:function calling|code execution|developer instruction) is not enabled for |tool use with function calling is unsupported/i,
    says: 'cannot be asked this',
    source: 'Gemini by 400, BerriAI/litellm#10313, snailyp/gemini-balance#337, google/adk-python#134',
  },
  {
    class: 'unfit',
    words: /^[`'"](?:…|tool calling)[`'"] is not supported with this model/i,
    says: 'cannot be asked this',
    source: 'Groq by 400, vercel/ai#11516: what it names is a quotation of two words, and no field of the request',
  },
  {
    class: 'unfit',
    words: /\bis not a multimodal model\b/i,
    says: 'cannot be asked this',
    source: 'vLLM by 400, vllm-project/vllm#23402, #19144',
  },
  {
    class: 'unfit',
    codes: ['tool_use_failed', 'json_validate_failed', 'output_parse_failed'],
    says: 'made of this model an answer that is not what was asked for',
    source: 'Groq by 400, https://console.groq.com/docs/tool-use, /docs/structured-outputs',
  },
  {
    class: 'unfit',
    codes: ['invalid_encrypted_content'],
    words: /encrypted content \S{1,100} could not be (?:verified|decrypted)/i,
    says: 'cannot read the reasoning of another account',
    source: 'OpenAI by 400, openai/codex#8145',
  },
  {
    class: 'unfit',
    words: /(?:image|audio|video) input is not supported/i,
    says: 'cannot be asked this',
    source: 'llama.cpp, which reports it as an error of its own',
  },
  // A limit of rate, told with another status.
  {
    class: 'rate_limit',
    codes: ['rate_limit_exceeded', 'rate_limit_error', 'throttlingexception', 'resource_exhausted'],
    source: 'Groq by 413, https://console.groq.com/docs/rate-limits; Bedrock; Google',
  },
]
