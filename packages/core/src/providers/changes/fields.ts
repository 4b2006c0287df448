import type { Change } from '../openai-compatible/chat-rules.ts'

/** The upstream has nothing like it. */
export const leftOut: Change = { says: 'is left out', becomes: () => undefined }

/**
 * A field under another name.
 *
 * @param unless a field of the caller's that says the same and is preferred.
 */
export const renamed = (name: string, unless = name): Change => ({
  says: `is sent as \`${name}\``,
  becomes: (value, asked) => (asked.field(unless) === undefined ? { [name]: value } : {}),
})

/** A field that only some values of can be sent. */
export const onlyIf = (says: string, name: string, may: (value: unknown) => boolean): Change => ({
  says,
  becomes: (value) => (may(value) ? { [name]: value } : undefined),
})

/** A number that the upstream limits. */
export const atMost = (name: string, limit: number): Change => ({
  says: `is at most ${limit}`,
  becomes: (value) => ({ [name]: typeof value === 'number' ? Math.min(value, limit) : value }),
})

/** A seed for upstreams that take none below 0. */
export const seedAs = (name: string): Change => ({
  says: name === 'seed' ? 'is sent without its sign' : `is sent as \`${name}\`, without its sign`,
  becomes: (value, asked) =>
    name !== 'seed' && asked.field(name) !== undefined
      ? {}
      : { [name]: typeof value === 'number' ? Math.abs(value) : value },
})

/** One word for another. */
export const worded = (name: string, words: Readonly<Record<string, string>>): Change => ({
  says: Object.entries(words)
    .filter(([from, to]) => from !== to)
    .map(([from, to]) => `\`${from}\` becomes \`${to}\``)
    .join(', '),
  becomes: (value) => ({ [name]: (typeof value === 'string' && Object.hasOwn(words, value) && words[value]) || value }),
})

/** OpenAI's older and newer name for one limit, where the upstream knows the older. */
export const oldLimit = {
  max_completion_tokens: { ...renamed('max_tokens'), becomes: (value) => ({ max_tokens: value }) },
  max_tokens: {
    says: 'gives way to `max_completion_tokens`',
    becomes: (value, asked) => (asked.field('max_completion_tokens') === undefined ? { max_tokens: value } : {}),
  },
} as const satisfies Record<string, Change>

/** The same, where the upstream knows the newer. */
export const newLimit = { max_tokens: renamed('max_completion_tokens') } as const satisfies Record<string, Change>

/** A field that is the gateway's own everywhere else. */
export const sentOn = (name: string): Change => ({ says: 'is sent on', becomes: (value) => ({ [name]: value }) })
