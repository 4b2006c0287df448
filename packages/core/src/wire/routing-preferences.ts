import { SpekaError } from '../errors.ts'
import { isRecord } from '../json.ts'
import { flag, names, oneOf, type FieldKinds, type Kind } from './check-field.ts'

/** What to prefer among the targets of a model. */
export type SortKey = 'price' | 'throughput' | 'latency'

/** Upper limits in US dollars: per 1M tokens, `image` each. Numbers or decimal strings. */
export interface MaxPrice {
  prompt?: number | string | null
  completion?: number | string | null
  image?: number | string | null
}

/** How a request wants to be routed: the field `provider`, as OpenRouter spells it. */
export interface RoutingPreferences {
  /** Names of providers to try first, in this order. */
  order?: string[] | null
  /** Only these providers. */
  only?: string[] | null
  /** Never these. */
  ignore?: string[] | null
  /**
   * Whether others may answer when the first target fails.
   * @default true
   */
  allow_fallbacks?: boolean | null
  /**
   * Only targets that take every parameter of the request.
   * @default false
   */
  require_parameters?: boolean | null
  /** In place of the configured strategy. */
  sort?: SortKey | null
  /** Only models that cost no more. */
  max_price?: MaxPrice | null
  /** Only fallbacks that cost at most so many times what the model costs that was asked for. */
  max_price_ratio?: number | null
  /**
   * Whether an answer that breaks off may be taken up by another target where it stopped.
   * @default false
   */
  continue?: boolean | null
}

const price: Kind = {
  article: 'a price in US dollars of at least 0',
  is: (value) => (typeof value === 'number' && value >= 0) || (typeof value === 'string' && DECIMAL.test(value)),
}
const DECIMAL = /^\d+(?:\.\d{1,6})?$/

const fields: FieldKinds = {
  order: names,
  only: names,
  ignore: names,
  allow_fallbacks: flag,
  require_parameters: flag,
  sort: oneOf('price', 'throughput', 'latency'),
  max_price: { article: 'an object with prompt, completion or image', is: isRecord },
  max_price_ratio: {
    article: 'a number from 1 to 1000',
    is: (value) => typeof value === 'number' && value >= 1 && value <= 1000,
  },
  continue: flag,
}

const priceFields: FieldKinds = { prompt: price, completion: price, image: price }

/**
 * Checks the field `provider` of a request. A preference that the gateway cannot grant is refused, not ignored: whoever sends it
 * relies on it.
 *
 * @throws SpekaError `invalid_value` or `unsupported_parameter`, with the path of the field in `param`.
 */
export function checkPreferences(value: unknown): void {
  if (!isRecord(value)) throw new SpekaError('invalid_value', '"provider" must be an object.', { param: 'provider' })
  checkFields(value, fields, 'provider')
  if (isRecord(value['max_price'])) checkFields(value['max_price'], priceFields, 'provider.max_price')
}

function checkFields(value: Readonly<Record<string, unknown>>, kinds: FieldKinds, path: string): void {
  for (const [field, given] of Object.entries(value)) {
    if (given === undefined || given === null) continue
    const param = `${path}.${field}`
    const kind = Object.hasOwn(kinds, field) ? kinds[field] : undefined
    if (kind === undefined) {
      const known = Object.keys(kinds).join(', ')
      throw new SpekaError('unsupported_parameter', `"${param}" is not known here. There is ${known}.`, { param })
    }
    if (!kind.is(given)) throw new SpekaError('invalid_value', `"${param}" must be ${kind.article}.`, { param })
  }
}
