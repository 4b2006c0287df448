/** The models that ship with Speka; `catalog/shipped-models.ts` says what each is. */
export type ShippedModelId =
  | 'meta/llama-3.3-70b-instruct'
  | 'meta/llama-3.1-8b-instruct'
  | 'meta/llama-4-maverick-17b-128e-instruct'
  | 'meta/llama-3.2-90b-vision-instruct'
  | 'deepseek-ai/deepseek-v4-flash'
  | 'deepseek-ai/deepseek-v4-pro'
  | 'mistralai/mistral-large-3-675b-instruct-2512'
  | 'moonshotai/kimi-k2.6'
  | 'openai/gpt-oss-120b'
  | 'openai/gpt-oss-20b'
  | 'nvidia/llama-3.3-nemotron-super-49b-v1.5'
  | 'nvidia/nvidia-nemotron-nano-9b-v2'
  | 'nvidia/nv-embedqa-e5-v5'
  | 'nvidia/nv-embed-v1'
  | 'black-forest-labs/flux.1-dev'
  | 'black-forest-labs/flux.1-schnell'
  | 'speka/sandbox'

/** A model's id. Editors suggest the models that ship with Speka; any other string is as good. */
export type ModelId = ShippedModelId | (string & {})
