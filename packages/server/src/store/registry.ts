import type {
  AccountRecord,
  AdjustmentRecord,
  GrantRecord,
  GroupRecord,
  KeyRecord,
  LimitRecord,
  MemberRecord,
  PasskeyRecord,
  PaymentFeedRecord,
  PaymentRecord,
  PlanRecord,
  ProviderRecord,
  RepriceRecord,
  SessionRecord,
  TeamRecord,
  TokenRecord,
} from './records.ts'

/** Everything that is managed, by kind. */
export interface RegistryKinds {
  readonly account: AccountRecord
  readonly team: TeamRecord
  readonly member: MemberRecord
  readonly group: GroupRecord
  readonly key: KeyRecord
  readonly token: TokenRecord
  readonly provider: ProviderRecord
  readonly limit: LimitRecord
  readonly grant: GrantRecord
  readonly adjustment: AdjustmentRecord
  readonly reprice: RepriceRecord
  readonly plan: PlanRecord
  readonly payment: PaymentRecord
  readonly payment_feed: PaymentFeedRecord
  readonly session: SessionRecord
  readonly passkey: PasskeyRecord
}

export type RegistryKind = keyof RegistryKinds

/** A record as the registry has it. */
export interface Kept<K extends RegistryKind> {
  readonly kind: K
  /** 1 for a new record, one more with each change of it. */
  readonly revision: number
  readonly record: RegistryKinds[K]
}

/** A record of whatever kind, which its `kind` tells. */
export type AnyKept = { readonly [K in RegistryKind]: Kept<K> }[RegistryKind]

/** A record to keep: a new one, or one in place of what was read before. */
export interface Write<K extends RegistryKind> {
  readonly kind: K
  /** What is there now. When that has changed meanwhile, nothing is written. Default: nothing is, and the record is new. */
  readonly before?: Kept<K> | undefined
  /** Its account, its digest and its `createdAt` stay as they were. */
  readonly after: RegistryKinds[K]
}

/** A write of whatever kind, which its `kind` tells. */
export type AnyWrite = { readonly [K in RegistryKind]: Write<K> }[RegistryKind]

/** The same writes, or what became of them, kind by kind. */
export type Writes<Kinds extends readonly RegistryKind[]> = { readonly [I in keyof Kinds]: Write<Kinds[I]> }
export type Written<Kinds extends readonly RegistryKind[]> = { readonly [I in keyof Kinds]: Kept<Kinds[I]> }

/** Who makes a change, and what it is: for the audit. */
export interface ChangeBy {
  /** In ms since the epoch. */
  readonly at: number
  /** `operator:cli`, `operator:admin_token`, `operator:ses_…`, or the id of a token or a member. */
  readonly actor: string
  /** `key.create`, `account.suspend`. */
  readonly action: string
}

/** Which records to list: oldest first. */
export interface ListQuery {
  /** Only those of this account. */
  readonly account?: string | undefined
  /** Only those behind the one with this id. Behind one that is not there is nothing. */
  readonly after?: string | undefined
  /** At most so many. Default: all. */
  readonly limit?: number | undefined
}

/** The labels that an account puts on keys; usage is told apart by them. */
export interface LabelSet {
  readonly team?: string | undefined
  readonly environment?: string | undefined
  readonly member?: string | undefined
  /** Sorted, each once. */
  readonly tags?: readonly string[] | undefined
}

/** When a key was last used, in ms since the epoch. */
export interface KeyUse {
  readonly id: string
  readonly at: number
}

/** Everything that is managed. What has ended says so, and is kept; but for sessions, of which there is no end. */
export interface Registry {
  get<K extends RegistryKind>(kind: K, id: string): Promise<Kept<K> | undefined>
  /** By what it may be found by, beside its id: a key, a token or a session by its digest, a passkey by its credential, a member by {@link memberLookup}. */
  findBy<K extends RegistryKind>(kind: K, lookup: string): Promise<Kept<K> | undefined>
  list<K extends RegistryKind>(kind: K, query?: ListQuery): Promise<Kept<K>[]>
  /** Those with an address, however it is written, in whatever accounts they are; also who was removed. The oldest first. */
  membersOf(email: string): Promise<Kept<'member'>[]>
  /**
   * Writes all or none, each with its entry in the audit, and resolves with the records as they are now.
   *
   * @throws SpekaError `conflict` when one of them has changed since it was read; `invalid_value` when an id, a digest, a
   *   credential or a member's address is taken.
   */
  change<const Kinds extends readonly RegistryKind[]>(writes: Writes<Kinds>, by: ChangeBy): Promise<Written<Kinds>>
  /**
   * Forgets sessions that began before a moment, some at a time: whoever asks knows that they have ended. It is no change, and the
   * audit keeps what it has of them.
   *
   * @param before in ms since the epoch.
   */
  forgetSessions(before: number): Promise<void>
  /** A number that grows with each change by any process. Cheap enough to ask several times a second. */
  version(): Promise<number>
  /** What has changed since the registry had a version, each record once, as it is now. */
  changedSince(version: number): Promise<Changes>
  /** The set of labels with an id that records of keys carry. */
  labelSet(id: number): Promise<LabelSet | undefined>
  /** Notes when keys were last used. It is no change, and a crash may lose it. */
  noteUses(uses: readonly KeyUse[]): Promise<void>
  /** When keys were last used, of those that ever were. */
  usesOf(ids: readonly string[]): Promise<KeyUse[]>
}

export interface Changes {
  readonly version: number
  readonly changed: readonly AnyKept[]
}

/** By what a member is found: an address is in an account once, however it is written. */
export const memberLookup = ({ account, email }: Pick<MemberRecord, 'account' | 'email'>): string =>
  `${account} ${email.toLowerCase()}`
