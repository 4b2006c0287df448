/** Mutants that no test can notice, or none should have to, and why. */
export interface Explained {
  /** The end of the source's path. */
  readonly file: string
  /** How the mutants' names begin, up to what they change where that tells one from another. */
  readonly names: readonly string[]
  readonly why: string
}

export const explained: readonly Explained[] = [
  {
    file: 'core/src/money.ts',
    names: ['if (amount !== written.amount)', "let written = { amount: 0n, text: '0' }"],
    why: 'the last amount written is kept to save time: without it the same text is made anew',
  },
  {
    file: 'core/src/money.ts',
    names: ['const digits = (amount < 0n ? -amount : amount)'],
    why: 'zero is the same with either sign',
  },
  {
    file: 'core/src/pricing/cost-of.ts',
    names: ['return total === undefined ? undefined'],
    why: '`picoUsd` gives back what it is given: it is there for the type',
  },
  {
    file: 'core/src/pricing/cost-of.ts',
    names: ['const add = (a , b )'],
    why: 'both parts are priced by the same price for input, so either both are known or neither',
  },
  {
    file: 'core/src/route/most-cost.ts',
    names: ['if (most > highest) highest = most | > → >='],
    why: 'of two equal amounts either is the highest',
  },
  {
    file: 'core/src/wire/read-usage.ts',
    names: ['const completion = isRecord('],
    why: 'what is no object has no counts in it either: it says that for the type',
  },
  {
    file: 'core/src/wire/read-usage.ts',
    names: ['const outputTokens = isBeside'],
    why: 'reasoning is only counted beside what is known, so what stands in for an unknown is never used',
  },
  {
    file: 'core/src/meter/believable-usage.ts',
    names: ['(usage.inputTokens ?? 0) > call.body.length', 'const most = charge === undefined'],
    why: 'saves looking at a call that needs no looking at: the bound comes out the same',
  },
  {
    file: 'core/src/meter/believable-usage.ts',
    names: ["image: parseUsd('1'),", "source: 'published',"],
    why: 'where the dearest prices are from has no part in a cost',
  },
  {
    file: 'core/src/bytes/frames.ts',
    names: ['while (start < length) { | < → <=', 'if (start >= length) return'],
    why: 'the end of the bytes is found again one step later, where there is nothing to take',
  },
  {
    file: 'core/src/providers/error-words.ts',
    names: ['source:'],
    why: 'where a row has its fact from is for people',
  },
  {
    file: 'server/src/keys/key-format.ts',
    names: ['const body = `sk-speka-', 'export const mintKeyId'],
    why: 'a byte more of chance makes a key no worse',
  },
  {
    file: 'server/src/keys/pepper.ts',
    names: [
      "if (given !== undefined) return Buffer.from(given, 'utf8') | 'utf8' → ''",
      'mkdirSync(dataDir, { recursive: true, mode: 0o700 }) | 0o700',
      "writeFileSync(draft, `${randomBytes(BYTES).toString('hex'… | 0o600",
      "writeFileSync(draft, `${randomBytes(BYTES).toString('hex'… | , flush: true",
      "writeFileSync(draft, `${randomBytes(BYTES).toString('hex'… | true → false",
      'if (pepper === undefined)',
      "throw new SpekaError('storage_unavailable', `${path} has …",
    ],
    why: 'Node takes "" for UTF-8; what a power cut or another process does between two calls is beyond a test in one process',
  },
]
