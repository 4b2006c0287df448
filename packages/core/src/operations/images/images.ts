import type { RoutingFields } from '../../wire/call-facts.ts'
import type { CostDetails } from '../chat/chat.ts'

/** OpenAI's image shapes, as far as the gateway reads them; everything else passes through untouched. */

/** The body of `POST /v1/images/generations`. Unknown fields pass through to upstreams that take them. */
export interface ImagesRequest extends RoutingFields {
  prompt: string
  /** @default 1 */
  n?: number | null
  /** Width and height in pixels, such as `1024x768`, or `auto`. */
  size?: string | null
  /** @default 'b64_json' */
  response_format?: 'b64_json' | 'url' | null
  quality?: string | null
  style?: string | null
  output_format?: string | null
  stream?: boolean | null
  partial_images?: number | null
  user?: string | null
  [field: string]: unknown
}

/** One image: its bytes in base64, or an address that holds for a while. */
export interface Image {
  b64_json?: string
  url?: string
  revised_prompt?: string
}

export interface ImagesUsage {
  input_tokens: number
  output_tokens: number
  total_tokens: number
  /** Images made. */
  images?: number
  /** Whether the provider said more than the request can have used, or may cost: what is charged is less. */
  capped?: boolean
  /** The charge in US dollars, for reading; absent when it is not known. */
  cost?: number
  cost_details?: CostDetails
  [field: string]: unknown
}

/** The answer to an image request. */
export interface ImagesAnswer {
  /** Seconds since the epoch. */
  created: number
  data: Image[]
  usage?: ImagesUsage
  [field: string]: unknown
}
