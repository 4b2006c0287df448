import type { Ask, OwnerId, Reply } from './messages.ts'
import type { Purse } from './purse.ts'
import type { Surroundings } from './seams.ts'

/** What the parts of an owner share. */
export interface Life {
  readonly owner: OwnerId
  readonly purse: Purse
  readonly around: Surroundings
  /** Whether the store is sure to keep this owner's lease for it, by the owner's own clock. */
  trusted(): boolean
  /** Asks the store; nothing is heard any more once the owner is dead. */
  ask(ask: Ask, heard: (reply: Reply) => void): void
}
