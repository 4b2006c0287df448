import type { Json } from '../../json.ts'
import type { Headers } from '../../transport.ts'
import type { TranslationTarget } from '../provider.ts'
import type { NativePlace } from '../native/native-api.ts'
import { ANTHROPIC_VERSION } from './anthropic-version.ts'

/** What hosts of Anthropic's models differ in: where a model is asked, and what tells it and the version of the API. */
export interface ClaudeHost extends NativePlace {
  readonly headers: Headers
  /** Whether a stream is asked for in the body. */
  readonly asksForStreams: boolean
}

export const anthropicApi: ClaudeHost = {
  headers: ANTHROPIC_VERSION,
  asksForStreams: true,
  path: () => '/messages',
  members: ({ upstreamModel }) => ({ model: upstreamModel }),
}

/** What a body says of the model and the version. */
export function headAt({ members }: ClaudeHost, target: TranslationTarget): Json {
  return Object.fromEntries(Object.entries(members(target)).filter(([, value]) => value !== undefined))
}
