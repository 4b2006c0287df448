/**
 * A language in which a chat can be asked for: three of OpenAI's APIs, one more for making a conversation shorter, and Anthropic's
 * messages.
 */
export type DialectName = 'chat' | 'responses' | 'compaction' | 'completions' | 'messages'

/** Every dialect but the one through which the others are translated. */
export type NativeDialect = Exclude<DialectName, 'chat'>

/** What each dialect calls the most tokens that an answer may have. A compaction has a limit of its own, and is given none. */
export const outputLimitField: Readonly<Record<DialectName, string>> = {
  chat: 'max_completion_tokens',
  responses: 'max_output_tokens',
  compaction: 'max_output_tokens',
  completions: 'max_tokens',
  messages: 'max_tokens',
}

/** What an answer is called in ids where upstreams keep it, so that a later request can go on with it; `undefined`: nowhere. */
export const keptAs = {
  responses: 'resp',
  compaction: 'resp',
  completions: undefined,
  messages: undefined,
} as const satisfies Readonly<Record<NativeDialect, string | undefined>>
