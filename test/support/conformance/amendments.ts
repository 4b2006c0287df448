import { type Components, isSchema, type Schema } from './schema.ts'

/** Where an answer is held to something else than the description says. */
interface Amendment {
  readonly component: string
  /** The way to what changes: keywords and names, separated by slashes. */
  readonly at: string
  readonly why: string
  readonly becomes: (described: unknown) => unknown
}

const orNull = (described: unknown): Schema => ({ anyOf: [described, { type: 'null' }] })
const anyString = (): Schema => ({ type: 'string' })
const alsoNamed =
  (name: string) =>
  (described: unknown): unknown[] => [...(Array.isArray(described) ? described : []), name]

const ANY_SIZE = 'newer models draw in any size; the official SDK (7.57) types it as a string'
const NULL_TOO = 'the official SDK (7.57) types it as nullable'
const FIRST_TOKEN = 'the first token of an echoed prompt has none'

/** Each row must find its place in the description; one that no longer does, or is no longer needed, is to be removed. */
export const amendments: readonly Amendment[] = [
  {
    component: 'Embedding',
    at: 'properties/embedding',
    why: '`encoding_format: "base64"` is described for requests alone',
    becomes: (described) => ({ if: { type: 'string' }, else: described, format: 'byte' }),
  },
  {
    component: 'TranscriptTextDoneEvent',
    at: 'properties/usage',
    why: 'upstreams that count by the length of a recording are put into events too',
    becomes: (described) => ({ anyOf: [described, { $ref: '#/components/schemas/TranscriptTextUsageDuration' }] }),
  },
  {
    component: 'ImagesResponse',
    at: 'required',
    why: 'clients read `data` without asking',
    becomes: alsoNamed('data'),
  },
  { component: 'ImagesResponse', at: 'properties/size', why: ANY_SIZE, becomes: anyString },
  { component: 'ImageGenPartialImageEvent', at: 'properties/size', why: ANY_SIZE, becomes: anyString },
  { component: 'ImageGenCompletedEvent', at: 'properties/size', why: ANY_SIZE, becomes: anyString },
  { component: 'ImageEditPartialImageEvent', at: 'properties/size', why: ANY_SIZE, becomes: anyString },
  { component: 'ImageEditCompletedEvent', at: 'properties/size', why: ANY_SIZE, becomes: anyString },
  { component: 'ModelResponseProperties', at: 'properties/safety_identifier', why: NULL_TOO, becomes: orNull },
  { component: 'ModelResponseProperties', at: 'properties/prompt_cache_key', why: NULL_TOO, becomes: orNull },
  {
    component: 'ReasoningEffort',
    at: 'anyOf/0/enum',
    why: 'newer than the description',
    becomes: alsoNamed('max'),
  },
  {
    component: 'ResponseUsage',
    at: 'properties/input_tokens_details/required',
    why: 'required in newer descriptions and in the official SDK (7.57)',
    becomes: alsoNamed('cache_write_tokens'),
  },
  {
    component: 'CreateCompletionResponse',
    at: 'properties/choices/items/properties/logprobs/anyOf/0/properties/token_logprobs/items',
    why: FIRST_TOKEN,
    becomes: orNull,
  },
  {
    component: 'CreateCompletionResponse',
    at: 'properties/choices/items/properties/logprobs/anyOf/0/properties/top_logprobs/items',
    why: FIRST_TOKEN,
    becomes: orNull,
  },
]

/**
 * Components that the description lacks. A streamed completion is described as a sequence of whole ones; but until the
 * last there is no finish yet, and no usage.
 */
export const additions: Readonly<Record<string, (components: Components) => Schema>> = {
  CreateCompletionStreamResponse: ({ CreateCompletionResponse: whole = {} }) =>
    changed(changed(whole, 'properties/choices/items/properties/finish_reason', orNull), 'properties/usage', orNull),
}

/** The components with all of that done. */
export function amend(described: Components): Components {
  const components: Record<string, Schema> = { ...described }
  for (const { component, at, becomes } of amendments) {
    components[component] = changed(components[component] ?? {}, at, becomes)
  }
  for (const [name, add] of Object.entries(additions)) components[name] = add(components)
  return components
}

/** @throws when there is nothing at the end of the way. */
function changed(schema: Schema, at: string, becomes: (described: unknown) => unknown): Schema {
  return follow(schema, at.split('/')) as Schema

  function follow(value: unknown, [step, ...rest]: readonly string[]): unknown {
    if (step === undefined) return becomes(value)
    if (Array.isArray(value) && value[Number(step)] !== undefined)
      return value.with(Number(step), follow(value[Number(step)], rest))
    if (isSchema(value) && Object.hasOwn(value, step)) return { ...value, [step]: follow(value[step], rest) }
    throw new Error(`The description has no ${at}: it ends before "${step}".`)
  }
}
