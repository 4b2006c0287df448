import { SpekaError } from '../errors.ts'
import type { TranslationTarget } from './provider.ts'

/** Models that take no last turn of their own, whoever serves them, by what an upstream calls them. */
const refusers: readonly { readonly models: RegExp; readonly source: string }[] = [
  {
    models: /claude-(?:opus|sonnet|haiku)-(?:4[.-](?:[6-9]|1\d)(?!\d)|[5-9](?!\d))|claude-(?:fable|mythos)-/,
    source: 'https://platform.claude.com/docs/en/about-claude/models/whats-new-claude-4-6#prefill-removal',
  },
]

/**
 * Refuses a conversation that ends with the model's own words, where the model is known not to go on with them: by the
 * configuration or the catalog, else by its maker.
 *
 * @param known what is known of models that nobody says anything of. Default: whether they are among the refusers.
 *
 * @throws SpekaError `unsupported_parameter`
 */
export function refusePrefill({ prefill, upstreamModel }: TranslationTarget, known?: boolean): void {
  if (prefill ?? known ?? !refusers.some(({ models }) => models.test(upstreamModel))) return
  const says =
    "The last message is the assistant's, and this model does not go on with words put into its mouth (a prefill)."
  throw new SpekaError('unsupported_parameter', `${says} End with a message of the user's.`, { param: 'messages' })
}
