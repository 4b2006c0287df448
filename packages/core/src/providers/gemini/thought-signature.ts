import { isRecord } from '../../json.ts'

/**
 * Gemini signs its thoughts, and newer models want the signature of a tool call back with it. It travels where Google's
 * own OpenAI layer puts it: `extra_content.google.thought_signature`.
 */
export const extraContent = (signature: string): { extra_content: unknown } => ({
  extra_content: { google: { thought_signature: signature } },
})

/** The signature that a message or tool call of the history carries. */
export function signatureIn({ extra_content: extra }: Readonly<Record<string, unknown>>): string | undefined {
  const google = isRecord(extra) ? extra['google'] : undefined
  const signature = isRecord(google) ? google['thought_signature'] : undefined
  return typeof signature === 'string' && signature !== '' ? signature : undefined
}

/** Stands for a signature that nobody kept: Google's word for a call that another model made. */
export const NO_SIGNATURE = 'skip_thought_signature_validator'
