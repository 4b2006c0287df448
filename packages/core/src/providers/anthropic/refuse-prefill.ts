import { SpekaError } from '../../errors.ts'
import { claudeFamily } from './claude-family.ts'

/**
 * Refuses a conversation that ends with the model's own words, where the model is known not to go on with them.
 *
 * https://platform.claude.com/docs/en/about-claude/models/whats-new-claude-4-6#prefill-removal
 *
 * @throws SpekaError `unsupported_parameter`
 */
export function refusePrefill(upstreamModel: string): void {
  if (claudeFamily(upstreamModel).prefills) return
  const says =
    "The last message is the assistant's, and this model does not go on with words put into its mouth (a prefill)."
  throw new SpekaError('unsupported_parameter', `${says} End with a message of the user's.`, { param: 'messages' })
}
