/** The longest text of a notice, in bytes of UTF-8: PostgreSQL takes less than 8,000. Whoever has more to say says where it is. */
export const MOST_NOTICE_BYTES = 7000

/** Who hears what is said on a channel. */
export interface NoticeListener {
  heard(text: string): void
  /**
   * From now on it hears what is said, and before now it may have missed some: look for yourself. Told once when it begins to hear, and
   * after each time in which the connection was gone or silent.
   */
  gap?(): void
}

/**
 * How replicas tell each other that something has happened. Nothing depends on a notice: it may be lost, or come twice, and two that are
 * the same may come as one. Whoever relies on what it says looks into the store, and looks now and then without having heard any.
 */
export interface NoticeBoard {
  /**
   * Tells everybody who listens, this replica included.
   *
   * @param channel small letters, digits and `_`, at most 40 of them.
   * @param text at most {@link MOST_NOTICE_BYTES}.
   * @returns whether it is on its way.
   * @throws RangeError when the channel or the text is none that every engine can carry.
   */
  publish(channel: string, text: string): Promise<boolean>
  /** Listens until the function that it returns is called. */
  subscribe(channel: string, listener: NoticeListener): () => void
  /** When it last heard anything, its own notices to itself included: monotonic, in ms; `-Infinity`: never yet. */
  lastHeardAt(): number
  close(): Promise<void>
}

/** @throws RangeError */
export function checkNotice(channel: string, text: string): void {
  if (!/^[a-z0-9_]{1,40}$/.test(channel)) throw new RangeError(`"${channel}" cannot be the name of a channel`)
  const bytes = Buffer.byteLength(text)
  if (bytes > MOST_NOTICE_BYTES)
    throw new RangeError(`a notice of ${bytes} bytes is too long: at most ${MOST_NOTICE_BYTES} go in one`)
}
