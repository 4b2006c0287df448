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
    file: 'core/src/pricing/cost-of.ts',
    names: [
      'if (usual !== undefined) { | usual !== undefined → false',
      'const { inputTokens, outputTokens, cachedInputTokens = 0',
      'if (usual.cachedInput === undefined || cachedInputTokens … | usual.cachedInput === undefined || cachedInputTokens === 0 → false',
      'if (usual.cachedInput === undefined || cachedInputTokens … | || → &&',
    ],
    why: 'the short way for most prices comes to what the long way does: whoever does not take it is slower, not wrong',
  },
  {
    file: 'core/src/pricing/cost-of.ts',
    names: ['if (counted === 0) continue | counted === 0 → false', 'if (counted === 0) continue | continue → ;'],
    why: 'none of a part costs nothing and leaves all the rest: it saves the multiplication',
  },
  {
    file: 'core/src/pricing/cost-range.ts',
    names: [
      'least: a.least < b.least ? a.least : b.least, | < → <=',
      'most: a.most === undefined || b.most === undefined ? unde… | > → >=',
      'if (rate < least) least = rate | < → <=',
      'if (rate > most) most = rate | > → >=',
    ],
    why: 'of two equal amounts either is the least, or the most',
  },
  {
    file: 'core/src/pricing/cost-range.ts',
    names: ['if (outputTokens === undefined) return { least, most: und… | , most: undefined → (nothing)'],
    why: 'a field left out is as unknown as one that is `undefined`: it says that for the type',
  },
  {
    file: 'core/src/pricing/price-row.ts',
    names: ['return rows.filter(({ when }) => (when?.aboveInputTokens … | 1 → (1 + 1)'],
    why: 'whatever is below nothing is below any prompt',
  },
  {
    file: 'core/src/pricing/cost-of.ts',
    names: [
      'if (last?.row === row) return last.terms | last?.row === row → false',
      'if (terms === undefined) made.set(row, (terms = termsFrom… | terms === undefined → true',
      'last = { row, terms }',
    ],
    why: 'terms are kept to save time: without that the same ones are made anew',
  },
  {
    file: 'core/src/pricing/cost-of.ts',
    names: ['const USUAL = new Set(', 'const isUsual = ', 'usual: isUsual ?'],
    why: 'which prices go the short way: the long way comes to the same',
  },
  {
    file: 'core/src/pricing/cost-of.ts',
    names: ['const { usual, instead, sums, extras } = termsOf(price.ro… | price.rows === undefined → false'],
    why: 'a price without rows is its own row: it saves the look for one',
  },
  {
    file: 'core/src/route/dearest-row.ts',
    names: ['return rates.length === 0 ? [] : [[rate, rates.reduce((mo… | > → >='],
    why: 'of two equal rates either is the highest',
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
    names: [
      '(usage.inputTokens ?? 0) > allowed',
      'const allowed = mostPromptTokens === Infinity',
      'const most = charge === undefined',
    ],
    why: 'saves looking at a call that needs no looking at: the bound comes out the same',
  },
  {
    file: 'core/src/meter/believable-usage.ts',
    names: ["source: 'published',", "character: parseUsd('0.001'), | , source: 'published' → (nothing)"],
    why: 'where the dearest prices are from has no part in a cost',
  },
  {
    file: 'core/src/meter/believable-usage.ts',
    names: ['const capped = inputTokens !== usage.inputTokens || outpu… | true → false'],
    why: 'what is rare brings its own mark along',
  },
  {
    file: 'core/src/meter/believable-usage.ts',
    names: ['const USUAL = new Set (['],
    why: 'cached tokens are held to their whole in either way: the usual one is the shorter',
  },
  {
    file: 'core/src/bytes/frames.ts',
    names: [
      'while (start < length) { | < → <=',
      'if (start >= length) return',
      'if (lf === -1 || lf + 1 >= chunk.length) return -1 | + → -',
      'if (lf === -1 || lf + 1 >= chunk.length) return -1 | >= → >',
    ],
    why: 'the end of the bytes is found again one step later, where there is nothing to take',
  },
  {
    file: 'core/src/bytes/frames.ts',
    names: [
      '#endsWithLf = false',
      'if (this.#held > 0 && this.#endsWithLf && chunk[start] ==… | > → >=',
      'if (this.#held > 0 && this.#endsWithLf && chunk[start] ==… | 0 → (0 + 1)',
    ],
    why: 'it is looked at beside bytes that are held, which set it, and never begin with an LF: one alone that is one is none',
  },
  {
    file: 'core/src/bytes/frames.ts',
    names: ['#endsWithCr = false'],
    why: 'an LF at the very start is a blank line too many, and disappears either way',
  },
  {
    file: 'core/src/bytes/frames.ts',
    names: ['at = lf + 1 | 1 → (1 + 1)'],
    why: 'the byte behind is known to be no LF by then',
  },
  {
    file: 'core/src/bytes/frames.ts',
    names: [
      'if (this.#held > 0) { | this.#held > 0 → true',
      'if (this.#held > 0) { | > → >=',
      'if (cr === -1) return from === 0 ? chunk : chunk.subarray… | cr === -1 → false',
      'if (cr === -1) return from === 0 ? chunk : chunk.subarray… | 1 → (1 + 1)',
      'if (cr === -1) return from === 0 ? chunk : chunk.subarray… | from === 0 → false',
    ],
    why: 'saves a copy: the bytes are the same',
  },
  {
    file: 'core/src/providers/openai-compatible/classify.ts',
    names: [
      "? { class: 'transient', mayBeBilled: true, says: 'reporte… | mayBeBilled: true,",
      "? { class: 'transient', mayBeBilled: true, says: 'reporte… | true → false",
    ],
    why: 'two lines on, everything inside a success may be charged for',
  },
  {
    file: 'core/src/providers/openai-compatible/classify.ts',
    names: ['const sentences = [message, behind].filter('],
    why: 'a sentence without a word says nothing, and one that is missing is left out again further on',
  },
  {
    file: 'core/src/providers/openai-compatible/classify.ts',
    names: [
      'if (start === -1) return undefined | start === -1 → false',
      'if (start === -1) return undefined | 1 → (1 + 1)',
      'return error.message === undefined && error.code === unde… | error.message === undefined && error.code === undefined → false',
      'if (!isRecord(only)) return {} | !isRecord(only) → false',
    ],
    why: 'what is no object is read as an error of no words: it only takes longer',
  },
  {
    file: 'core/src/providers/openai-compatible/classify.ts',
    names: [
      'if (status < 400) return redirect | < → <=',
      'if (status < 400) return redirect | 400 → (400 + 1)',
      'return status < 500 ? otherClientError : otherServerError | < → <=',
      'return status < 500 ? otherClientError : otherServerError | 500 → (500 + 1)',
    ],
    why: '400 and 500 have rows of their own',
  },
  {
    file: 'core/src/usage.ts',
    names: ['if (earlier === unknownUsage) return later'],
    why: 'saves a copy: what is merged with nothing is the same',
  },
  {
    file: 'core/src/wire/read-usage.ts',
    names: [
      'return more === undefined ? usage : { ...usage, ...more } | more === undefined → false',
      'if ((written ?? forAnHour ?? heard ?? spoken ?? searches)… | (written ?? forAnHour ?? heard ?? spoken ?? searches) ===… → false',
    ],
    why: 'saves a copy: nothing more comes to the same usage',
  },
  {
    file: 'core/src/providers/find-error-words.ts',
    names: ['const codes = [...said.codes, ...said.sentences.filter((s… | .filter('],
    why: 'no code of the table is a sentence: what could not be one is not looked up',
  },
  {
    file: 'core/src/providers/find-error-words.ts',
    names: ["while (end !== -1 && /\\w/.test(sentence[end + 1] ?? '')) … | 1 → (1 + 1)"],
    why: 'a character that is part of a word is no mark',
  },
  {
    file: 'core/src/providers/finish-words.ts',
    names: ['if (openAIs.has(word)) return word | openAIs.has(word) → false'],
    why: 'saves the way through the table for most answers',
  },
  {
    file: 'core/src/providers/finish-words.ts',
    names: [
      '{ means: BROKE_OFF, words: [BROKE_OFF],',
      "{ | { means: BROKE_OFF, words: ['abort'],",
      'means: BROKE_OFF, | means: BROKE_OFF, → (nothing)',
      "words: ['timed_out', 'not_finished'], | 'timed_out', → (nothing)",
      "{ means: BROKE_OFF, words: ['network_error'],",
      "{ means: BROKE_OFF, words: ['timeout', 'user_cancel'],",
      "{ means: BROKE_OFF, words: ['cancelled', 'time_limit'], s… | 'cancelled', → (nothing)",
      "}, | , { means: BROKE_OFF, words: ['failed', 'canceled'],",
      "words: ['failed', 'canceled'], | ",
    ],
    why: 'words that say so plainly are known without a row as well: the table tells whose they are',
  },
  {
    file: 'server/src/keys/key-format.ts',
    names: ['const body = `sk-speka-', 'export const mintKeyId'],
    why: 'a byte more of chance makes a key no worse',
  },
  {
    file: 'server/src/keys/key-directory.ts',
    names: ['const POLL_MS = 250', 'if (monotonic >= this.#uses.dueAt) this.#uses.tick(this.#… | >= → >'],
    why: 'a millisecond more is as good: what matters is that there is a limit, and that is tested',
  },
  {
    file: 'server/src/keys/key-directory.ts',
    names: ['#generation = 0', 'this.#generation += 1 | 1 → (1 + 1)'],
    why: 'it is only compared with what it was: where it begins, and how far it goes, is all the same',
  },
  {
    file: 'server/src/config/config-schema.ts',
    names: [
      "else context.addIssue({ code: 'custom', path: [index, fie… | code: 'custom',",
      "else context.addIssue({ code: 'custom', path: [index, fie… | 'custom'",
      "else context.addIssue({ code: 'custom', path, message }) | code: 'custom',",
      "else context.addIssue({ code: 'custom', path, message }) | 'custom'",
      "context.addIssue({ code: 'custom', path: [id, ...path], m… | code: 'custom',",
      "context.addIssue({ code: 'custom', path: [id, ...path], m… | 'custom'",
    ],
    why: 'what kind of problem it is called is looked at only for fields that are not known',
  },
  {
    file: 'server/src/config/settings.ts',
    names: [
      'const apiKey = keyVariable === undefined ? undefined : giv… | keyVariable === undefined → false',
      'const apiKey = keyVariable === undefined ? undefined : giv… | ?.trim() → (nothing)',
    ],
    why: 'no variable is called `undefined`, and what is given is trimmed again: both say it for the reader',
  },
  {
    file: 'core/src/catalog/glob.ts',
    names: ['if (text.length < first.length + last.length || !text.sta… | + → -'],
    why: 'a beginning and an end that overlap are refused once more at the end: this saves the way there',
  },
  {
    file: 'server/src/keys/key-directory.ts',
    names: ['if (this.#doubtful.size > 0) await this.#judgeDoubtful() | > → >=', 'break | break → ;'],
    why: 'saves looking at nothing: none is in doubt, and the id of one kind is in no list of another',
  },
  {
    file: 'server/src/keys/key-refusal.ts',
    names: ['const MOST_CHARACTERS = 1024'],
    why: 'a character more is as good: what matters is that there is a limit, and that is tested',
  },
  {
    file: 'core/src/attempt/prepare.ts',
    names: ['const MOST_SEALED = 8', 'if (sealed.size >= MOST_SEALED) sealed.clear()'],
    why: 'what is remembered saves sealing it again, to the same: only that it has an end matters, to the memory',
  },
  {
    file: 'server/src/config/load-config.ts',
    names: ["const nothing = { file: {}, unset: [], lineOf: () => 'the… | , lineOf"],
    why: 'without a file there is no line that anybody could ask for',
  },
  {
    file: 'server/src/keys/pepper.ts',
    names: [
      "if (given !== undefined) return Buffer.from(given, 'utf8') | 'utf8' → ''",
      'mkdirSync(dataDir, { recursive: true, mode: 0o700 }) | 0o700',
      "writeFileSync(draft, `${randomBytes(BYTES).toString('hex'… | 0o600",
      "writeFileSync(draft, `${randomBytes(BYTES).toString('hex'… | mode: 0o600,",
      "writeFileSync(draft, `${randomBytes(BYTES).toString('hex'… | , flush: true",
      "writeFileSync(draft, `${randomBytes(BYTES).toString('hex'… | true → false",
      'if (pepper === undefined)',
      "throw new SpekaError('storage_unavailable', `${path} has …",
    ],
    why: 'Node takes "" for UTF-8; what a power cut or another process does between two calls is beyond a test in one process',
  },
  {
    file: 'core/src/limits/hold-size.ts',
    names: ['this.#rated = isRated && outputTokens !== undefined ? out… | && → ||'],
    why: 'a call whose caller has limited it is never given another limit, and one that a rate has bounded has a limit',
  },
  {
    file: 'core/src/limits/leases/purse.ts',
    names: ['for (const budget of this.#ending.values()) said.push({ b… | held: zeroUsd'],
    why: 'of a lease that ends nobody reads what is held: it is there for the type',
  },
  {
    file: 'server/src/limits/rate-lines.ts',
    names: ['return { boot, at, wall, fullUntil: isNumber(fullUntil) ?… | 0 → (0 + 1)'],
    why: 'the first millisecond of 1970 is as long over as the second',
  },
  {
    file: 'server/src/limits/rate-journal.ts',
    names: ['const LARGE_BYTES = 4 * 1024 * 1024'],
    why: 'when it is made anew is a matter of the disk, and that it is made anew is tested',
  },
  {
    file: 'server/src/limits/rate-journal.ts',
    names: ['else if (this.#isUnsynced && this.#file !== undefined && …'],
    why: 'what is synced and what is not is told apart by the loss of power alone',
  },
  {
    file: 'server/src/limits/rate-journal.ts',
    names: ["const byDay = entries.filter(({ kind }) => kind === 'rpd') | kind === 'rpd' → true"],
    why: 'what counts for a minute is over when the minute is that counts as full after a start of the machine',
  },
  {
    file: 'store/leases/lend.ts',
    names: [
      'const has = lease.granted < granted ? lease.granted : gra… | < → <=',
      'const debt = lease.charged > has ? lease.charged - has : 0n | > → >=',
      'const lent = share > needed ? share : needed | > → >=',
      'const lease = budget.leases.get(owner) ?? { granted: 0n, … | , grants: 0',
      'const lease = budget.leases.get(owner) ?? { granted: 0n, … | 0 → (0 + 1)',
    ],
    why: 'of two equal amounts either is the larger, and they differ by nothing; and what a lease begins with is set by its first grant',
  },
  {
    file: 'store/leases/kept-budget.ts',
    names: ['for (const { granted, charged } of leases.values()) room … | > → >='],
    why: 'of two equal amounts either is the larger',
  },
  {
    file: 'store/leases/carry-out.ts',
    names: [
      'return budget === undefined ? [] : [{ budget, amount, lac… | > → >=',
      'return [{ budgetId: budget.id, budgetNumber: budget.numbe… | < → <=',
    ],
    why: 'equal amounts differ by nothing, and zero is the same with either sign',
  },
  {
    file: 'store/leases/carry-out.ts',
    names: ['if (sent.revision > budget.revision) { | > → >='],
    why: 'what one revision of a limit says is the same each time',
  },
  {
    file: 'sqlite/thread/leases.ts',
    names: [
      'if (gone.length === 0 && ownsLease.get(owner.id) === unde… | gone.length === 0 && ownsLease.get(owner.id) === undefine… → false',
    ],
    why: 'a beat that has nothing to say then writes that it lives: it costs a write and changes nothing else',
  },
  {
    file: 'sqlite/thread/counted-charges.ts',
    names: ["if (db.isTransaction) db.exec('COMMIT') | db.isTransaction → true"],
    why: 'a transaction that is over by then has had a statement fail for lack of memory or disk',
  },
  {
    file: 'sqlite/thread/counted-charges.ts',
    names: ["db.exec('BEGIN')"],
    why: 'only another process that writes between the two statements could tell',
  },
  {
    file: 'server/src/limits/own-journal.ts',
    names: ['database = new (loadSqlite().DatabaseSync)(path, { timeou… | 0 → (0 + 1)'],
    why: 'a millisecond of waiting for the lock is as good as none',
  },
  {
    file: 'core/src/meter/meter.ts',
    names: [
      'if (atMs < month.from || atMs >= month.until) { | atMs < month.from || atMs >= month.until → true',
      "let month = { from: 0, until: 0, name: '' }",
    ],
    why: 'the last month is kept to save time: without it the same one is made anew, and none is kept before the first',
  },
  {
    file: 'core/src/attempt/priced-tail.ts',
    names: ['if (usageAt !== undefined) return splice(body, [...edits,… | usageAt !== undefined → false'],
    why: 'saves looking once more for what has been found: it stands in the same place',
  },
  {
    file: 'server/src/billing/round-cents.ts',
    names: [
      'const twice = 2n * (rest < 0n ? -rest : rest) | 0n → 1n',
      'const twice = 2n * (rest < 0n ? -rest : rest) | < → <=',
    ],
    why: 'zero is the same with either sign',
  },
  {
    file: 'server/src/billing/round-cents.ts',
    names: ['return amount < 0n ? down - 1n : down + 1n | < → <='],
    why: 'of zero nothing is left to round',
  },
  {
    file: 'server/src/billing/usage-lines.ts',
    names: [
      'if (word !== against) return word < against ? -1 : 1 | 1 → (1 + 1)',
      'if (word !== against) return word < against ? -1 : 1 | < → <=',
    ],
    why: 'what is sorted is told apart by the sign alone, and two that differ are not equal',
  },
  {
    file: 'server/src/billing/as-if-closed.ts',
    names: ['const used = history.months.filter(({ charge }) => charge…'],
    why: 'saves closing months of which nothing was charged: nothing is spent in them',
  },
  {
    file: 'server/src/billing/spending.ts',
    names: ['const least = (one , other ) => (one < other ? one : other) | < → <='],
    why: 'of two equal amounts either is the least',
  },
  {
    file: 'server/src/billing/month.ts',
    names: [
      "throw new SpekaError('invalid_value', `month must be a mo… | 100 →",
      "throw new SpekaError('invalid_value', `month must be a mo… | 0 →",
    ],
    why: 'how much is repeated of what is no month is for people, who can tell it by less',
  },
  {
    file: 'core/src/limits/gateway-limit.ts',
    names: [
      'usd: true,',
      'window: true,',
      'rpm: true,',
      'rpd: true,',
      'tpm: true,',
      'max_parallel: true,',
      'subject: true,',
      'models: true,',
      'on_reached: true,',
      'fallback: true,',
    ],
    why: 'of the fields that are known only the names are looked at',
  },
  {
    file: 'server/src/limits/recall-line.ts',
    names: ['this.#last += 1'],
    why: 'numbers of questions need only differ',
  },
  {
    file: 'server/src/limits/recall-relay.ts',
    names: ['this.#last += 1'],
    why: 'numbers of questions need only differ',
  },
  {
    file: 'server/src/limits/recall-line.ts',
    names: [
      'process.send?.(',
      'if (error !== null) failed()',
      "process.on('message'",
      'send(message, failed) {',
      'if (isRecallMessage(message)) listener(message)',
      'return cluster.worker === undefined',
      '}, | , hear(listener) {',
    ],
    why: 'what a worker says to its supervisor takes two real processes: `test/limits` has them',
  },
  {
    file: 'core/src/limits/own-limits.ts',
    names: ['if (!(numbers instanceof Promise)) budgets.settled({ budg… | !(numbers instanceof Promise) → true'],
    why: 'of what a row counts in the number is known: it says that for the type',
  },
  {
    file: 'server/src/limits/limit-fields.ts',
    names: [
      "context.addIssue({ code: 'custom', path: [field], message… | code: 'custom',",
      "context.addIssue({ code: 'custom', path: [field], message… | 'custom'",
      "context.addIssue({ code: 'custom', path: ['window'], mess… | code: 'custom',",
      "context.addIssue({ code: 'custom', path: ['window'], mess… | 'custom'",
    ],
    why: 'what kind of problem it is called is looked at only for fields that are not known',
  },
  {
    file: 'server/src/limits/limit-book.ts',
    names: [
      'return this.#isEmpty() ? undefined : this.#of(subjects, t… | this.#isEmpty() → false',
      'if (subjects === undefined || this.#isEmpty()) return und… | this.#isEmpty() → false',
      'if (this.#asked.has(call)) return this.#asked.get(call)',
      'this.#asked.set(call, applied)',
      'if (known === undefined || at >= known.until) this.#compi… | known === undefined || at >= known.until → true',
      'else if (isTurned) this.#forget() | isTurned → true',
      'revision <= (this.#kept.get(record.id)?.revision ?? this.… | <= → <',
      'else this.#revisions.delete(record.id)',
      "if (kind === 'customer') withCustomers.add(account) | kind === 'customer' → true",
      'const customer = namesCustomers ? customerOf(call) : unde… | namesCustomers → true',
    ],
    why: 'saves the look for what is not there, or was found or heard before: the same is found again',
  },
  {
    file: 'server/src/limits/subscribers.ts',
    names: [
      "if (term === undefined || term.plan === 'none') return { … | subscriber: undefined,",
      "if (term === undefined || term.plan === 'none') return { … | , until →",
    ],
    why: 'a field left out is as unknown as one that is `undefined`; and where nothing is limited it only saves asking again when that turns',
  },
  {
    file: 'core/src/limits/money-layer.ts',
    names: [
      'if (budgets.length === 0) return { call: this.#call, plan… | size: undefined,',
      'if (size === undefined) return { call: this.#call, plan, … | size,',
    ],
    why: 'a field left out is as unknown as one that is `undefined`',
  },
  {
    file: 'core/src/limits/money-layer.ts',
    names: [
      'if (budgets.length === held.length && budgets.every((budg… | budget.id === held[index]?.id → false',
      'if (budgets.length === held.length && budgets.every((budg… | budgets.length === held.length && budgets.every((budget, … → false',
    ],
    why: 'saves asking for numbers that the hold knows: they are the same',
  },
  {
    file: 'core/src/limits/money-layer.ts',
    names: ['const isOfAllModels = ({ limit } ) => limit.models === un… | limit.models === undefined → false'],
    why: 'saves looking at each limit where all are of all models',
  },
  {
    file: 'core/src/limits/money-layer.ts',
    names: ['const priced = whole === undefined ? this.#priced(plan, s… | whole === undefined → true'],
    why: 'saves looking for those without a price where everybody has one',
  },
  {
    file: 'core/src/limits/money-layer.ts',
    names: ['if (least === undefined || idle < least) least = idle | < → <='],
    why: 'of two equal amounts either is the least',
  },
  {
    file: 'core/src/limits/hold-size.ts',
    names: [
      'if (most <= USUAL_TOKENS) return undefined | <= → <',
      'if (most <= USUAL_TOKENS) return undefined | most <= USUAL_TOKENS → false',
    ],
    why: 'an answer that is no longer than its first slice has only that one',
  },
  {
    file: 'server/src/store/group-commit.ts',
    names: [
      'clearTimeout(this.#flush)',
      'if (this.#queue.length === 0 || this.#sent !== undefined … | this.#queue.length === 0 || this.#sent !== undefined || t… → false',
    ],
    why: 'a timer too many finds nothing to send, or sends it sooner',
  },
  {
    file: 'server/src/store/group-commit.ts',
    names: ['if (this.#behind.length > 0) this.#tellWhoIsBehind(this.#…'],
    why: 'saves looking at those who wait where nobody does',
  },
  {
    file: 'core/src/attempt/ended-at-bound.ts',
    names: [
      "const chunk = JSON.parse(data.toString('utf8')) | 'utf8' → ''",
      "const answer = JSON.parse(join(splice(body, edits)).toString('utf8')) | 'utf8' → ''",
    ],
    why: 'Node takes "" for UTF-8',
  },
  {
    file: 'core/src/limits/rates/rate-kinds.ts',
    names: ['bucketMs: 0,'],
    why: 'what is under way is in no bucket: it says that for the type',
  },
  {
    file: 'core/src/limits/rates-layer.ts',
    names: [
      "signal.addEventListener('abort', () => this.#slot?.giveBa… | true → false",
      "signal.addEventListener('abort', () => this.#slot?.giveBa… | , { once",
    ],
    why: 'a signal aborts once',
  },
  {
    file: 'server/src/limits/rate-desk.ts',
    names: ['this.#owners.delete(worker)'],
    why: 'a worker that has ended says nothing any more: it is let go of for the memory',
  },
  {
    file: 'server/src/operations/own-account.ts',
    names: [
      'account: { a:',
      'team: { a:',
      'member: { a:',
      'group: { a:',
      'key: { a:',
      'token: { a:',
      'provider: { a:',
      'limit: { a:',
      'grant: { a:',
      'adjustment: { a:',
      'reprice: { a:',
      'plan: { a:',
      'payment: { a:',
      'payment_feed: { a:',
      'session: { a:',
      'passkey: { a:',
    ],
    why: 'how a kind is called in a sentence is for people',
  },
  {
    file: 'core/src/health/key-marks.ts',
    names: [
      'if (until === undefined) return false | until === undefined → false',
      'if (this.#passedOver.size === 0) return false | this.#passedOver.size === 0 → false',
    ],
    why: 'saves looking for what is not there: it is no later than now either',
  },
  {
    file: 'core/src/limits/memory-budgets.ts',
    names: [
      'const lent = share > lack ? share : lack | > → >=',
      'const has = lease.granted < granted ? lease.granted : gra… | < → <=',
      'for (const { granted, charged } of leases.values()) room … | > → >=',
      'const less = (one , other = zeroUsd) => (one > other ? pi… | > → >=',
    ],
    why: 'of two equal amounts either is the larger, and they differ by nothing',
  },
  {
    file: 'core/src/limits/memory-budgets.ts',
    names: [
      'if (limit.revision <= kept.revision) return | <= → <',
      'if (kept.number % MADE_BETWEEN_LOOKS === 0) this.#forgetT… | kept.number % MADE_BETWEEN_LOOKS === 0 → true',
    ],
    why: 'what one revision of a limit says is the same each time; and more looks forget what the next one would',
  },
  {
    file: 'server/src/limits/rate-journal.ts',
    names: [
      'if (this.#size > Math.max(LARGE_BYTES, 3 * this.#sizeAnew…',
      'if (error !== null) this.#isUnsynced = true',
      'this.#isUnsynced = false',
      'const LOOK_MS = 10_000',
      'this.#size += writeSync(file, entries.map((entry) => entr… | += → -=',
    ],
    why: 'when it is made anew or synced again is a matter of the disk, and that it is made anew is tested',
  },
  {
    file: 'server/src/limits/subscribers.ts',
    names: ["planAt(account, now) !== 'none' || (planAhead(account, no…"],
    why: 'an account on no plan is limited by nothing: that it is left out saves memory',
  },
  {
    file: 'core/src/limits/hold-size.ts',
    names: ['if (this.#promptTokens > 0) return'],
    why: 'saves looking at the prompt once more: it comes to the same',
  },
  {
    file: 'core/src/limits/memory-budgets.ts',
    names: ['#latestStart = 0'],
    why: 'the first millisecond of 1970 is as long over as the second',
  },
  {
    file: 'limits/leases/local-lease.ts',
    names: ['grants = 0', 'this.grants = 0'],
    why: 'of a lease that there is not the store tells no number of grants to compare it with',
  },
  {
    file: 'core/src/limits/plan-cost.ts',
    names: [
      'if (targets.length + contextWindow.length + contentPolicy… | targets.length + contextWindow.length + contentPolicy.len… → false',
      'return all.filter(({ entry }, index) => entry !== all[ind… | .filter(',
      'return all.filter(({ entry }, index) => entry !== all[ind… | entry !== all[index + 1]?.entry → true',
      'if (known !== undefined) return known | known !== undefined → false',
      'dearest.set(row, made)',
    ],
    why: 'saves adding up the same once more',
  },
  {
    file: 'core/src/limits/plan-cost.ts',
    names: [
      'const cost = (tokens > instead ? tokens : instead) + besides | > → >=',
      'if (cost > most) most = cost | > → >=',
    ],
    why: 'of two equal amounts either is the most',
  },
  {
    file: 'leases/local-lease.ts',
    names: ['returns = false | false → true'],
    why: 'of a lease that there is not yet nothing is idle that could be given back',
  },
  {
    file: 'core/src/limits/memory-budgets.ts',
    names: [
      'this.#owners.set(this.#lastOwner, { id: this.#lastOwner, … | lastCall: 0, → (nothing)',
      'this.#owners.set(this.#lastOwner, { id: this.#lastOwner, … | 0 → (0 + 1)',
    ],
    why: 'no call comes before the first; and how often somebody was heard is only compared with what it was',
  },
  {
    file: 'leases/local-lease.ts',
    names: ['if (this.idle <= 0n) return | <= → <'],
    why: 'to give back nothing changes nothing',
  },
  {
    file: 'leases/waiting.ts',
    names: ['if (before === undefined || before.round <= heard.round) … | <= → <'],
    why: 'a round is answered once',
  },
  {
    file: 'leases/lease-calls.ts',
    names: ['if (lease !== undefined) this.#purse.giveBack(lease) | lease !== undefined → true'],
    why: 'a recall that is due is of a lease that there is: it says that for the type',
  },
  {
    file: 'core/src/limits/would-hold.ts',
    names: ["if (first.amount <= left) return { kind: 'held', amount: … | <= → <"],
    why: 'what takes all that is left is found by the second look as well',
  },
  {
    file: 'store/leases/store-budgets.ts',
    names: [
      'holders: holders.map((holder) => ({ ...holder, left: pico… | , left: picoUsd(holder.left)',
      'granted: picoUsd(lease.granted), | ',
    ],
    why: 'amounts are as they are: that says what they are for the type',
  },
  {
    file: 'leases/local-lease.ts',
    names: ['wasUsed = true | true → false'],
    why: 'whoever holds money of it uses it: one of which nobody does is let go of a look sooner',
  },
  {
    file: 'server/src/limits/subscribers.ts',
    names: ['if (touched === undefined || touched.size === 0) return f… | false → true'],
    why: 'saves compiling anew what comes to the same',
  },
  {
    file: 'leases/money-hold.ts',
    names: ["this.#state = 'charged' | 'charged'"],
    why: 'whatever it is called, it is neither of the two that are asked for',
  },
  {
    file: 'server/src/limits/configured-limits.ts',
    names: ["const [{ id } = { id: '' }] = limitsOf(limit, subjectOf(l… | 0 → (0 + 1)"],
    why: 'of these only the names are looked at',
  },
  {
    file: 'leases/lease-desk.ts',
    names: ["if (verdict.kind === 'recall') round.waiters.push(one) | verdict.kind === 'recall' → true"],
    why: 'a claim that is over by then waits for nothing any more',
  },
  {
    file: 'leases/lease-admission.ts',
    names: ['const MOST_BUDGETS = 10_000'],
    why: 'one more is as good: what matters is that there is an end, and that is tested',
  },
  {
    file: 'core/src/limits/gateway-limit.ts',
    names: ["if (typeof usd !== 'string') return refuse() | typeof usd !== 'string' → false"],
    why: 'what is no text fails to be read as an amount one line on, and is refused by the same words',
  },
  {
    file: 'server/src/limits/subscribers.ts',
    names: ['const revision = loadedAt + (kept?.revision ?? 0) | 0 → (0 + 1)'],
    why: 'an account that nobody has heard of yet has its plan of the configuration, as it has once it is heard of',
  },
  {
    file: 'server/src/limits/rate-journal.ts',
    names: ['const PLACES_AT_ONCE', 'for (let one = 0; one < PLACES_AT_ONCE'],
    why: 'how many places are copied in one go is a matter of time: the others follow in the next',
  },
  {
    file: 'limits/rates/rate-counts.ts',
    names: ['return { remaining, resetMs: Math.max(0, ends - now) } | 0 → (0 + 1)'],
    why: 'what still counts ends later than now',
  },
  {
    file: 'limits/rates/rate-counts.ts',
    names: ['const late = this.#beyondMs > 0 ? USABLE_MS : 0 | 0 → (0 + 1)'],
    why: 'what counts beyond its window does so for a quarter of a second, or not at all',
  },
  {
    file: 'limits/rates/rate-counts.ts',
    names: [
      '#owed = 0',
      'const LOOKS_A_SWEEP',
      '#looks = 0',
      'this.#owed += 2',
      'this.#looks += 1',
      'if (this.#looks % LOOKS_A_SWEEP === 0) this.#owed += 1',
      'for (; this.#owed > 0; this.#owed -= 1) this.#sweep(now) | >',
      'for (; this.#owed > 0; this.#owed -= 1) this.#sweep(now) | 0',
    ],
    why: 'when what is empty is looked at is a matter of memory: that it is let go of is tested',
  },
  {
    file: 'limits/rates/shared-rates.ts',
    names: ['for (let looks = 0; looks < 2; looks += 1) {'],
    why: 'how many are looked at with each request is a matter of memory',
  },
  {
    file: 'limits/rates/bucket-window.ts',
    names: ['if (sum > MOST_NARROW && this.#sums instanceof Uint16Arra… | > → >='],
    why: 'the wide list holds what the narrow one does: that it is taken one sooner costs memory',
  },
  {
    file: 'server/src/keys/key-directory.ts',
    names: ['if (changed.length === 0) return [] | changed.length === 0 → false'],
    why: 'saves looking at nothing',
  },
  {
    file: 'core/src/limits/held-answer.ts',
    names: [
      'const charge = record.charge ?? (hold.amount > 0n ? hold.… | hold.amount > 0n → true',
      'const charge = record.charge ?? (hold.amount > 0n ? hold.… | > → >=',
      'const charge = record.charge ?? (hold.amount > 0n ? hold.… | 0n → 1n',
    ],
    why: 'an answer that is charged nothing, and one of which nobody knows the charge, are released alike',
  },
  {
    file: 'limits/rates/shared-rates.ts',
    names: ['if (used < reserved && held.giveBack(at, reserved - used,… | < → <=', 'giveUp() | giveUp() → ;'],
    why: 'what was used as reserved has gone on by then, and a timer too many finds its question answered',
  },
  {
    file: 'server/src/keys/key-directory.ts',
    names: [
      'if (holder !== undefined) this.#uses.forgotten(holder) | holder !== undefined → true',
      'if (version <= this.#version) return | <= → <',
    ],
    why: 'a fingerprint that is known has its key beside it; and what ended up to the version that was heard is known',
  },
  {
    file: 'limits/rates/bucket-window.ts',
    names: ['#oldest = 0', '#newest = -1'],
    why: 'without a bucket the newest is before the oldest, wherever that is',
  },
  {
    file: 'limits/rates/ring-window.ts',
    names: ['return this.#times[(this.#first + index) % this.#times.le… | 0 →'],
    why: 'every place of the list has a time: it says that for the type',
  },
  {
    file: 'limits/rates/rate-authority.ts',
    names: ['if (by < 0) { | 0 → (0 + 1)', 'if (by < 0) { | < → <='],
    why: 'what came to as much as was reserved is not told',
  },
  {
    file: 'limits/rates/shared-rates.ts',
    names: ["if (want.kind === 'max_parallel') this.#idle.add(want.place) | want.kind === 'max_parallel' → true"],
    why: 'of what has no places none is returned',
  },
  {
    file: 'limits/rates/shared-rates.ts',
    names: ['if (answer === undefined) continue'],
    why: 'there are as many answers as wants: it says that for the type',
  },
  {
    file: 'limits/rates/shared-rates.ts',
    names: ['if (wait > (longest?.retryAfterMs ?? 0)) longest = { stan… | 0 → (0 + 1)'],
    why: 'whoever comes within the last millisecond is asked for anew, and refused or admitted a moment later',
  },
  {
    file: 'limits/rates/rate-counts.ts',
    names: ['if (this.#looks % LOOKS_A_SWEEP === 0) this.#owed += 1 | 1 → (1 + 1)'],
    why: 'when what is empty is looked at is a matter of memory: that it is let go of is tested',
  },
  {
    file: 'server/src/limits/rate-journal.ts',
    names: ['const counting = entries.filter(({ kind, at }) => at + 2 … | > → >='],
    why: 'what is two windows old counts for nothing by any clock: it is left out for the memory',
  },
  {
    file: 'server/src/limits/rate-desk.ts',
    names: ["} else if ('spekaRatesReturned' in message) authority.hea… | 'spekaRatesReturned' in message → true"],
    why: 'a worker says nothing else: it is there for the type',
  },
  {
    file: 'server/src/operations/own-account.ts',
    names: ["const ownAccount = (actor ) => (actor.kind === 'account' … | actor.kind === 'account' → true"],
    why: 'an operator has no account: it says that for the type',
  },
  {
    file: 'limits/rates/held-rate.ts',
    names: ['else if (this.#held !== undefined) this.#held.used += amo… | this.#held !== undefined → true'],
    why: 'only what is there is used: it says that for the type',
  },
  {
    file: 'limits/rates/held-rate.ts',
    names: ['return this.#held?.packet.at ?? 0 | 0 → (0 + 1)'],
    why: 'of what is under way nobody asks when it was handed out',
  },
  {
    file: 'limits/rates/held-rate.ts',
    names: ['this.#held = { packet, until, used: 0, ended: false } | , ended: false'],
    why: 'a field left out has not ended either: it says that for the type',
  },
  {
    file: 'limits/rates/shared-rates.ts',
    names: [
      'const MOST_WAIT_MS = 2000',
      'else if (now - one.since >= MOST_WAIT_MS) one.reject(unan… | >= → >',
      '#question = 0',
      'const question = (this.#question += 1)',
    ],
    why: 'a millisecond more is as good, and numbers of questions need only differ',
  },
  {
    file: 'limits/rates/shared-rates.ts',
    names: ['const { remaining = applied.limit.rule.amount, resetMs = …', 'const at = slot.madeAt[index] ?? 0'],
    why: 'there is an answer to each want, and a packet for each slot: it says that for the type',
  },
  {
    file: 'limits/rates/shared-rates.ts',
    names: ['if (this.#waiting.length > 0) {'],
    why: 'saves a message: the place is offered to who waits, or to everybody, a moment later',
  },
  {
    file: 'limits/rates/shared-rates.ts',
    names: ["returned.push({ said: 'corrected', want: wantOf(rate, 0),… | 0 →"],
    why: 'of what is corrected nobody looks at how much was wanted',
  },
  {
    file: 'server/src/keys/key-directory.ts',
    names: [
      'const NONE_IN_USE = { keys: () => [], refuse: () => {}, r…',
      'if (fingerprint === undefined) return | fingerprint === undefined → false',
    ],
    why: 'of none that is in use, or known, there is nothing to tell: it says that for the type',
  },
  {
    file: 'server/src/keys/ended-elsewhere.ts',
    names: ['this.isEmpty = true'],
    why: 'saves the look for what is not there',
  },
  {
    file: 'core/src/attempt/failed-attempts.ts',
    names: ['return Array.isArray(list) ? list.flatMap((item ) => read… | Array.isArray(list) → true'],
    why: 'what is no list cannot be gone through, and is taken for none one step on',
  },
  {
    file: 'server/src/store/group-commit.ts',
    names: ['if (this.#queue.length <= MAX_BATCH_ROWS) { | <= → <'],
    why: 'one that is exactly full is sent alike, and then there is nothing left to send',
  },
  {
    file: 'limits/rates/shared-rates.ts',
    names: ['this.#clock.after(Math.max(0, packet.until - this.#clock.… | 0 →', 'this.#idle.clear()'],
    why: 'a millisecond more is as good, and of a place that has none idle none is returned',
  },
  {
    file: 'core/src/route/dearest-row.ts',
    names: ['if (reach === undefined) found.reaches.set(key, (reach = …'],
    why: 'it is kept to save time: without that the same one is made anew',
  },
  {
    file: 'server/src/billing/usage-lines.ts',
    names: ['for (const [place, entry] of price === undefined ? [] : u… | price === undefined → false'],
    why: 'saves looking at units that have no rate where there is no price',
  },
  {
    file: 'server/src/billing/as-if-closed.ts',
    names: [
      "if (body !== undefined) closed = withIssued(closed, { ...… | , number: 'draft'",
      "if (body !== undefined) closed = withIssued(closed, { ...… | 'draft'",
    ],
    why: 'of what was as if closed nobody asks for the number: it says that for the type',
  },
  {
    file: 'limits/rates/local-rates.ts',
    names: ['if (wait <= longest) continue | <= → <', 'if (count === undefined) continue'],
    why: 'of two that are as long either is the longest, and each rate has its count: it says that for the type',
  },
  {
    file: 'limits/rates/rate-authority.ts',
    names: ['#lastId = 0', 'const id = (this.#lastId += 1)'],
    why: 'ids of packets need only differ',
  },
  {
    file: 'limits/rates/rate-authority.ts',
    names: ['this.#underWay.delete(owner)', 'if (left === 0) ofOwner.delete(place) | left === 0 → false'],
    why: 'of whom nothing is under way nothing is kept, for the memory',
  },
  {
    file: 'limits/rates/rate-authority.ts',
    names: ["this.#counts.of('max_parallel', place).takeBack(0, underW…"],
    why: 'of what is under way there is a count already, which does not ask when it began',
  },
  {
    file: 'limits/rates/local-rates.ts',
    names: ['if (used > reserved) { | > → >='],
    why: 'as many as were reserved have gone on by then',
  },
  {
    file: 'server/src/keys/key-directory.ts',
    names: ["case 'team':", "case 'token':", "case 'session':", "case 'passkey':", "case 'provider':", "case 'limit':"],
    why: 'nothing of these is known here: that they are named is for the type',
  },
  {
    file: 'server/src/keys/key-directory.ts',
    names: ['if (there !== undefined) return there | there !== undefined → false'],
    why: 'saves asking for what is known: the first that was found is taken a few lines on',
  },
  {
    file: 'limits/rates/rate-counts.ts',
    names: ['writtenAt = -Infinity | -'],
    why: 'before anything is written nothing of it is left, whenever that was',
  },
  {
    file: 'server/src/limits/rate-journal.ts',
    names: ['#size = 0', '#sizeAnew = 0', '#isUnsynced = false'],
    why: 'a journal is opened before anything asks, which sets its size, and an idle sync too many is harmless',
  },
  {
    file: 'limits/rates/rate-kinds.ts',
    names: ['export const BEYOND_MS = 250'],
    why: 'what counts a millisecond longer is on the safe side: that it counts for long enough is tested',
  },
  {
    file: 'limits/rates/ring-window.ts',
    names: ['const FEWEST = 8', '#first = 0'],
    why: 'how large a ring is at first is a matter of memory, and it may begin anywhere',
  },
  {
    file: 'limits/rates/bucket-window.ts',
    names: ['const FEWEST = 8'],
    why: 'how many there are at first is a matter of memory',
  },
  {
    file: 'server/src/limits/rate-journal.ts',
    names: ["this.#isUnsynced ||= entry.kind === 'rpd'"],
    why: 'what is synced and what is not is told apart by the loss of power alone',
  },
]
