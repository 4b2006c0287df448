import type { EndedElsewhere } from '../../keys/ended-elsewhere.ts'
import { keyFingerprint } from '../../keys/key-digest.ts'
import { credentialIn, refusalByStanding, refusalOf, refused } from '../../keys/key-refusal.ts'
import { KeyUses, type Used } from '../../keys/key-uses.ts'
import type { KeysInUse } from '../../keys/keys-in-use.ts'
import type { CallerIssuer } from '../../config/identity-schema.ts'
import type { AccountRecord, KeyRecord, MemberRecord } from '../../store/records.ts'
import type { AnyKept, Registry } from '../../store/registry.ts'
import { enrolCaller } from './enrol-caller.ts'
import { findCaller } from './find-caller.ts'
import type { VerifyToken, VerifiedToken } from './verify-token.ts'

/** Longer tokens are not worth a hash: Node takes no headers of that size either. */
const MOST_CHARACTERS = 12_288
/** Verified tokens that are remembered: behind them the one that was met first is forgotten. */
const MOST_KNOWN = 10_000
/** How often it is looked whether uses are to be noted, in ms. */
const TICK_MS = 5000

export interface CallerDirectoryOptions {
  readonly registry: Registry
  readonly pepper: Buffer
  /** Takes in all that has changed in the registry, so that what limits a caller is known before he is let in. */
  readonly hear: () => Promise<void>
  /** The time in ms since the epoch. */
  readonly now: () => number
  /** What others say has ended while the store is silent. */
  readonly endedElsewhere: EndedElsewhere
}

/** A token that was verified, and whom it speaks for as the registry has it now. */
interface Holder extends Used {
  record: KeyRecord
  readonly issuer: CallerIssuer
  readonly models: readonly string[] | undefined
  account: { now: AccountRecord }
  member: { now: MemberRecord } | undefined
  /** What the registry has of him. */
  kept: KeyRecord
  /** In ms since the epoch. */
  readonly until: number
}

/**
 * Who comes with tokens of an issuer. A token is verified once, and costs a look-up from then on until it expires; what changes
 * in the registry meanwhile is heard of as it is for keys.
 */
export class CallerDirectory {
  readonly #options: CallerDirectoryOptions
  readonly #known = new Map<string, Holder>()
  readonly #verifying = new Map<string, Promise<KeyRecord>>()
  /** Whose token a request came with: those that are under way outlive what is remembered. */
  readonly #holders = new WeakMap<KeyRecord, Holder>()
  readonly #uses: KeyUses
  readonly #timer: NodeJS.Timeout
  #verify: VerifyToken | undefined
  #inUse: KeysInUse = { keys: () => [], refuse: () => {}, renew: () => {} }
  /** Counts what changed: what was read before that is read again. */
  #generation = 0

  constructor(options: CallerDirectoryOptions) {
    this.#options = options
    this.#uses = new KeyUses(options.registry, performance.now())
    this.#timer = setInterval(() => this.#tick(), TICK_MS).unref()
  }

  /** Replaces the issuers, and what checks their tokens. */
  configure(issuers: readonly CallerIssuer[], verify: VerifyToken | undefined): void {
    this.#verify = verify
    this.forget()
    for (const key of this.#inUse.keys()) {
      const issuer = this.#holders.get(key)?.issuer
      if (issuer !== undefined && !issuers.some((other) => isSame(issuer, other)))
        this.#inUse.refuse(key, refused('Tokens of this issuer are no longer taken.'))
    }
  }

  /**
   * The record of who comes with the token in an `Authorization` header: at once when it was verified before.
   *
   * @throws SpekaError `invalid_api_key` that says what is wrong; `account_suspended`; `identity_unavailable`, `storage_unavailable`
   */
  authenticate(authorization: string | undefined): KeyRecord | Promise<KeyRecord> {
    const token = credentialIn(authorization, MOST_CHARACTERS)
    const fingerprint = keyFingerprint(token)
    const holder = this.#known.get(fingerprint)
    if (holder !== undefined) return this.#letIn(holder, fingerprint)
    let verifying = this.#verifying.get(fingerprint)
    if (verifying === undefined) {
      verifying = this.#meet(token, fingerprint).finally(() => this.#verifying.delete(fingerprint))
      this.#verifying.set(fingerprint, verifying)
    }
    return verifying
  }

  /** Hears of all that has changed in the registry. */
  take(changed: readonly AnyKept[]): void {
    this.#generation += 1
    const records = new Map(changed.map((kept) => [`${kept.kind} ${kept.record.id}`, kept]))
    const underWay = this.#inUse.keys()
    const used = underWay.map((key) => this.#holders.get(key)).filter((holder) => holder !== undefined)
    for (const holder of new Set([...this.#known.values(), ...used])) this.#renew(holder, records)
    for (const key of underWay) {
      const holder = this.#holders.get(key)
      const refusal = holder && this.#refusal(holder)
      if (refusal !== undefined) this.#inUse.refuse(key, refusal)
    }
  }

  /** Forgets whatever could not be vouched for now: the store is silent, or issuers have changed. */
  forget(): void {
    this.#generation += 1
    for (const holder of this.#known.values()) this.#uses.forgotten(holder)
    this.#known.clear()
    this.#verifying.clear()
  }

  heed(inUse: KeysInUse): void {
    this.#inUse = inUse
  }

  async close(): Promise<void> {
    clearInterval(this.#timer)
    await this.#uses.close(this.#known.values())
  }

  async #meet(token: string, fingerprint: string): Promise<KeyRecord> {
    const verify = this.#verify
    if (verify === undefined) throw refused('Tokens are no longer taken.')
    const verified = await verify(token)
    for (;;) {
      const generation = this.#generation
      const holder = await this.#find(verified, fingerprint)
      // What has changed while the store was asked may be this very caller.
      if (generation !== this.#generation) {
        if (verify !== this.#verify) throw refused('Tokens of this issuer are no longer taken.')
        continue
      }
      this.#remember(holder, fingerprint)
      // Limits that were made for him apply to his first request, too.
      await this.#options.hear()
      return this.#letIn(holder, fingerprint)
    }
  }

  async #find(verified: VerifiedToken, fingerprint: string): Promise<Holder> {
    const { registry, pepper, now } = this.#options
    const caller = await findCaller(verified, registry)
    const { account, member, models } = caller
    const standing = { account: { now: account }, member: member && { now: member } }
    // Nothing is written for who is refused anyway.
    const refusal = refusalByStanding(standing)
    if (refusal !== undefined) throw refusal
    const kept = await enrolCaller(verified, caller, { registry, pepper, now: now() })
    const record = recordOf(kept, models, `jwt ${fingerprint}`)
    return { ...standing, record, issuer: verified.issuer, models, kept, until: verified.until, usedAt: 0 }
  }

  #remember(holder: Holder, fingerprint: string): void {
    const [oldest] = this.#known.keys()
    if (oldest !== undefined && this.#known.size >= MOST_KNOWN) this.#drop(oldest)
    this.#known.set(fingerprint, holder)
    this.#holders.set(holder.record, holder)
  }

  #drop(fingerprint: string): void {
    const holder = this.#known.get(fingerprint)
    if (holder !== undefined) this.#uses.forgotten(holder)
    this.#known.delete(fingerprint)
  }

  /** @throws SpekaError when he may not come in now. */
  #letIn(holder: Holder, fingerprint: string): KeyRecord {
    const now = this.#options.now()
    if (holder.until <= now) {
      this.#drop(fingerprint)
      throw refused('This token has expired. Get a new one from its issuer.')
    }
    const refusal = this.#refusal(holder)
    if (refusal !== undefined) throw refusal
    holder.usedAt = now
    return holder.record
  }

  #refusal(holder: Holder) {
    const { now, endedElsewhere } = this.#options
    return refusalOf(holder.kept, holder, now()) ?? endedElsewhere.refusalOf(holder.record, now())
  }

  #renew(holder: Holder, records: ReadonlyMap<string, AnyKept>): void {
    const account = records.get(`account ${holder.account.now.id}`)
    if (account?.kind === 'account') holder.account.now = account.record
    const member = holder.member && records.get(`member ${holder.member.now.id}`)
    if (member?.kind === 'member' && holder.member !== undefined) holder.member.now = member.record
    const key = records.get(`key ${holder.kept.id}`)
    if (key?.kind !== 'key') return
    holder.kept = key.record
    const { labels, team, member: itsMember, name } = holder.record
    const record = recordOf(key.record, holder.models, holder.record.digest)
    // Another token of his may say another team: that one's affair.
    holder.record = { ...record, labels, team, member: itsMember, name }
    this.#holders.set(holder.record, holder)
    this.#inUse.renew(holder.record)
  }

  #tick(): void {
    const now = this.#options.now()
    for (const [fingerprint, holder] of this.#known) if (holder.until <= now) this.#drop(fingerprint)
    const monotonic = performance.now()
    if (monotonic >= this.#uses.dueAt) this.#uses.tick(this.#known.values(), monotonic)
  }
}

/** A caller as requests have him: two of his tokens are told apart, since each says itself which models it allows. */
const recordOf = (kept: KeyRecord, models: readonly string[] | undefined, digest: string): KeyRecord => ({
  ...kept,
  digest,
  limits: models === undefined ? kept.limits : { ...kept.limits, models },
})

const isSame = (one: CallerIssuer, other: CallerIssuer): boolean => JSON.stringify(one) === JSON.stringify(other)
