/** A response as a store has it: what was asked and answered is sealed before it gets here. */
export interface ResponseToKeep {
  /** Of the request that made it. */
  readonly id: string
  /** Whose it is. */
  readonly account: string
  /** When it ends, in ms since the epoch. */
  readonly until: number
  readonly sealed: Uint8Array
}

/** Responses that callers go on with and ask about, each until a moment. Losing them loses conversations, and no money or record. */
export interface ResponseStore {
  keep(response: ResponseToKeep): Promise<void>
  /** @returns what was kept, unless it has ended, was deleted, or is another account's. */
  find(id: string, account: string, now: number): Promise<Uint8Array | undefined>
  /** @returns whether it was there. */
  delete(id: string, account: string): Promise<boolean>
  /**
   * Throws away what has ended, the oldest first.
   *
   * @returns how many they were: as many as `most` when there may be more.
   */
  deleteEnded(now: number, most: number): Promise<number>
}
