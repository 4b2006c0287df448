import type { Books } from './books.ts'
import type { Amount, Ask, BudgetId, OwnerId, Recall, RecallAnswer, Reply, RequestId, Row } from './messages.ts'
import type { Rules, Timing } from './rules.ts'

/**
 * The store's side of the protocol. What is asked is carried out as one transaction, at the moment of the call; `undefined` when it
 * is not answered. The real one answers with promises, and refuses with errors.
 */
export interface Budgets {
  /** What is in its tables, for those who look on. */
  readonly books: Books
  carryOut(ask: Ask): Reply | undefined
  /** What the store does by itself, often: it finds out who is lost and who is dead. */
  sweep(): void
  /** The store has been away. */
  started(boot: number): void
  setCap(budget: BudgetId, cap: Amount): void
}

/** What a request was told. */
export type Outcome =
  | { readonly kind: 'admitted' }
  | { readonly kind: 'refused'; readonly budget: BudgetId; readonly evidence: ReadonlyMap<OwnerId, number> }
  | { readonly kind: 'unknown' }

/** A request, or what an admitted one wants beyond its hold. */
export interface Claim {
  readonly request: RequestId
  readonly budgets: readonly BudgetId[]
  readonly amount: Amount
  readonly grows: boolean
}

/** The gateway's side of the protocol, as the layers of the engine see it. */
export interface Admission {
  /** Tells its outcome at once when memory suffices, later when it does not. */
  admit(claim: Claim): void
  /** The caller has left. */
  cancel(request: RequestId): void
  /** The answer is whole, and costs this; how it ends is told. */
  settle(request: RequestId, charge: Amount): void
  /** Nothing came of the request, and nothing is charged. */
  release(request: RequestId): void
}

/** What an owner tells whoever looks on. */
export type News =
  | { readonly kind: 'outcome'; readonly claim: Claim; readonly outcome: Outcome }
  | { readonly kind: 'finished'; readonly request: RequestId; readonly by: 'store' | 'spool' }
  /** `sent` when the store may have the row all the same. */
  | { readonly kind: 'failed'; readonly request: RequestId; readonly sent: boolean }
  | { readonly kind: 'answered'; readonly answer: RecallAnswer }

/** Rows on the disk of a machine, by who wrote them. An owner's file is there from its first moment. */
export interface Spool {
  writers(): OwnerId[]
  rows(writer: OwnerId): Row[]
  open(writer: OwnerId): void
  append(writer: OwnerId, row: Row): void
  remove(writer: OwnerId, id: RequestId): void
  forget(writer: OwnerId): void
}

/** The world as it is handed to an owner: its clock, its timers, its network, its disk. */
export interface Surroundings {
  readonly rules: Rules
  readonly timing: Timing
  readonly boot: number
  /** Whether finished rows may go to the disk while the store does not answer. */
  readonly spools: boolean
  readonly spool: Spool
  /** A monotonic clock, in milliseconds. */
  now(): number
  after(ms: number, act: () => void): void
  /** The answer may come late, twice, or never. */
  ask(ask: Ask, heard: (reply: Reply) => void): void
  recall(to: OwnerId, recall: Recall): void
  answer(to: OwnerId, answer: RecallAnswer): void
  tell(owner: OwnerId, news: News): void
}

/** What a store is opened with. */
export interface StoreSurroundings {
  readonly rules: Rules
  readonly timing: Timing
  /** The store's own clock. */
  now(): number
  /** Tells an owner to give back what it has idle of a budget. */
  recall(owner: OwnerId, budget: BudgetId): void
}

/** An owner as the world meets it. */
export interface RunningOwner extends Admission {
  readonly id: OwnerId
  /** By its own memory. */
  idle(budget: BudgetId): Amount
  /** Nothing is set aside, by its own memory. */
  readonly isFree: boolean
  recalled(recall: Recall): void
  heardAnswer(answer: RecallAnswer): void
  /** Admits nothing more, and says goodbye when nothing is in flight any more. */
  leave(gone: () => void): void
}

/** What is tried in the world: the model, and whatever is to behave as it does. */
export interface Implementation {
  /** It answers with promises, which settle between one thing that happens and the next. */
  readonly answersLater?: true
  openStore(around: StoreSurroundings): Budgets
  /** `owner` is `undefined` while the process has none: before its first, and between two. */
  startProcess(around: Surroundings): { readonly owner: RunningOwner | undefined }
}
