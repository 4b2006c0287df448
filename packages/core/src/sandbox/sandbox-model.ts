/** What goes wrong, on purpose. */
export type Fault =
  /** The first `tries` tries of a request are answered with this HTTP status. */
  | { readonly kind: 'status'; readonly status: number; readonly tries: number }
  /** The first `tries` tries find nobody listening. */
  | { readonly kind: 'refused'; readonly tries: number }
  /** What happens once this many output chunks have been sent. */
  | { readonly kind: 'stall' | 'cut' | 'eof' | 'garbage' | 'error'; readonly after: number }
  /** An answer of exactly this many output chunks. */
  | { readonly kind: 'long'; readonly chunks: number }
  /** The head comes this late. */
  | { readonly kind: 'wait'; readonly ms: number }
  | { readonly kind: 'context_length' | 'content_policy' | 'slow' | 'nousage' }

/** The sandbox, as asked for by a model id. */
export interface SandboxModel {
  /** `undefined`: it just answers. */
  readonly fault: Fault | undefined
}

interface Row {
  /** An example of the suffix, as people would type it. */
  readonly form: string
  readonly does: string
  readonly pattern: RegExp
  readonly read: (first: string, second: string | undefined) => Fault
}

/** A number without leading zeros, so that no two ids mean the same. */
const AFTER = '@(0|[1-9]\\d{0,5})'

const afterChunks = (kind: 'stall' | 'cut' | 'eof' | 'garbage' | 'error', example: number, does: string): Row => ({
  form: `:${kind}@${example}`,
  does,
  pattern: new RegExp(`^${kind}${AFTER}$`),
  read: (after) => ({ kind, after: Number(after) }),
})

const always = (kind: 'context_length' | 'content_policy' | 'slow' | 'nousage', does: string): Row => ({
  form: `:${kind}`,
  does,
  pattern: new RegExp(`^${kind}$`),
  read: () => ({ kind }),
})

/** Tries up to `x…`; without it, every one. */
const tries = (text: string | undefined): number => (text === undefined ? Infinity : Number(text))

/** Every fault there is: the part of the id after `speka/sandbox`, and what it does. */
export const sandboxFaults: readonly Row[] = [
  {
    form: ':429x2',
    does: 'that status (400 to 599) for the first tries of a request, then an answer',
    pattern: /^([45]\d\d)x([1-9]\d{0,3})$/,
    read: (status, times) => ({ kind: 'status', status: Number(status), tries: tries(times) }),
  },
  {
    form: ':500',
    does: 'always that status (400 to 599)',
    pattern: /^([45]\d\d)$/,
    read: (status) => ({ kind: 'status', status: Number(status), tries: Infinity }),
  },
  {
    form: ':refused',
    does: 'nobody listens; :refusedx2 for the first tries only',
    pattern: /^(refused)(?:x([1-9]\d{0,3}))?$/,
    read: (_, times) => ({ kind: 'refused', tries: tries(times) }),
  },
  afterChunks('stall', 20, 'silence for ever after 20 chunks'),
  afterChunks('cut', 40, 'the connection is reset after 40 chunks'),
  afterChunks('eof', 40, 'a clean end after 40 chunks, without a finish'),
  afterChunks('garbage', 10, 'an event that is not JSON after 10 chunks'),
  afterChunks('error', 0, 'status 200, then an error event'),
  always('context_length', '400: the prompt does not fit'),
  always('content_policy', '400: the content is declined'),
  {
    form: ':wait@500',
    does: 'the answer starts 500 ms late',
    pattern: new RegExp(`^wait${AFTER}$`),
    read: (ms) => ({ kind: 'wait', ms: Number(ms) }),
  },
  always('slow', 'tokens at human speed'),
  {
    form: ':long@1000',
    does: 'an answer of 1000 chunks',
    pattern: new RegExp(`^long${AFTER}$`),
    read: (chunks) => ({ kind: 'long', chunks: Number(chunks) }),
  },
  always('nousage', 'no usage is reported'),
]

/** The id of the sandbox without a fault. */
export const sandboxModelId = 'speka/sandbox'

const faultless: SandboxModel = { fault: undefined }

/**
 * Reads `speka/sandbox` and `speka/sandbox:<fault>`.
 *
 * @returns `undefined` when the id is another model's, or when there is no such fault.
 *
 * @example
 * parseSandboxModel('speka/sandbox:429x2') // { fault: { kind: 'status', status: 429, tries: 2 } }
 */
export function parseSandboxModel(id: string): SandboxModel | undefined {
  if (id === sandboxModelId) return faultless
  if (!id.startsWith(`${sandboxModelId}:`)) return undefined
  const suffix = id.slice(sandboxModelId.length + 1)
  for (const row of sandboxFaults) {
    const match = row.pattern.exec(suffix)
    if (match !== null) return { fault: row.read(match[1] ?? '', match[2]) }
  }
  return undefined
}
