import type { EmbeddingsCall } from '../../operations/embeddings/embeddings-call.ts'
import type { TranslationTarget } from '../provider.ts'

/** What an upstream takes of an embeddings request, and what else it must be told. */
export interface EmbeddingsRules {
  /** All that it takes, under OpenAI's names and its own. Default: whatever callers send. */
  readonly takes?: ReadonlySet<string>
  /** Its own names for what OpenAI calls otherwise. */
  readonly renames?: Readonly<Record<string, string>>
  /** How many texts it takes at once; more are sent one batch after the other. Default: as many as callers may send. */
  readonly mostTexts?: number
  /** Its name for the model, and fields of its own. Default: the target's, and none. */
  readonly asks?: (call: EmbeddingsCall, target: TranslationTarget) => EmbeddingsAsked
}

export interface EmbeddingsAsked {
  readonly upstreamModel: string
  readonly fields: Readonly<Record<string, unknown>>
}
