import type { SpekaError } from '@speka/core'
import type { KeyRecord } from '../store/store.ts'

/** The keys that came with the requests under way. */
export interface KeysInUse {
  /** Each of them once, as it was when it was let in, or renewed. */
  keys(): readonly KeyRecord[]
  /** Ends everything under way that came with `key`. */
  refuse(key: KeyRecord, error: SpekaError): void
  /** What came with `key` goes on with it as it is now. */
  renew(key: KeyRecord): void
}
