import { isRecord } from '@speka/core/internal'
import { endingOf, type Ending } from './keys/ended-elsewhere.ts'
import type { KeyDirectory } from './keys/key-directory.ts'
import { ENDINGS } from './notices/channels.ts'
import { MOST_NOTICE_BYTES, type NoticeBoard } from './notices/notice-board.ts'
import { jsonIn } from './notices/read-json.ts'
import type { AnyKept } from './store/registry.ts'

/** How many endings are remembered for who asks: far more than there are while a replica relies on what it knows. */
const MOST_REMEMBERED = 10_000

/**
 * Replicas that hear the store tell those that do not which keys have ended, by the way that is left to these. Each tells of it when it hears
 * of it, and again when it is asked: a replica that is cut off asks in every round, so that nothing hangs on one notice.
 */
export class SharedEndings {
  readonly #board: Pick<NoticeBoard, 'publish' | 'subscribe'>
  /** By the id of what has ended, and in the order in which it was heard of. */
  readonly #heard = new Map<string, { readonly ending: Ending; readonly version: number }>()
  #endListening: () => void = () => {}

  /** @param board one that does not go by the store. */
  constructor(board: Pick<NoticeBoard, 'publish' | 'subscribe'>) {
    this.#board = board
  }

  /** From now on `keys` is told what others say. */
  tellTo(keys: Pick<KeyDirectory, 'hearOfEndings'>): void {
    this.#endListening = this.#board.subscribe(ENDINGS, { heard: (text) => this.#hear(text, keys) })
  }

  /** The store says what has changed, up to a version. */
  take(changed: readonly AnyKept[], version: number): void {
    const endings: Ending[] = []
    for (const kept of changed) {
      const ending = endingOf(kept)
      this.#heard.delete(kept.record.id)
      if (ending === undefined) continue
      this.#heard.set(ending.id, { ending, version })
      endings.push(ending)
    }
    for (const id of this.#heard.keys()) {
      if (this.#heard.size <= MOST_REMEMBERED) break
      this.#heard.delete(id)
    }
    this.#say(endings, version)
  }

  /** Nothing is heard of the store beyond a version: who knows what has ended since? */
  ask(version: number): void {
    void this.#board.publish(ENDINGS, JSON.stringify({ since: version }))
  }

  async close(): Promise<void> {
    this.#endListening()
  }

  #hear(text: string, keys: Pick<KeyDirectory, 'hearOfEndings'>): void {
    const read = jsonIn(text)
    if (!isRecord(read)) return
    const { since, version, endings } = read
    if (typeof since === 'number') return this.#answer(since)
    if (typeof version === 'number' && Array.isArray(endings))
      keys.hearOfEndings(
        endings.map(readEnding).filter((ending) => ending !== undefined),
        version,
      )
  }

  #answer(since: number): void {
    const newer = [...this.#heard.values()].filter(({ version }) => version > since)
    this.#say(
      newer.map(({ ending }) => ending),
      Math.max(...newer.map(({ version }) => version)),
    )
  }

  /** In as many notices as it takes. An id that fills one by itself is one that nobody makes. */
  #say(endings: readonly Ending[], version: number): void {
    if (endings.length === 0) return
    const text = JSON.stringify({ version, endings })
    if (Buffer.byteLength(text) <= MOST_NOTICE_BYTES) return void this.#board.publish(ENDINGS, text)
    if (endings.length === 1) return
    const half = Math.ceil(endings.length / 2)
    this.#say(endings.slice(0, half), version)
    this.#say(endings.slice(half), version)
  }
}

/** @returns `undefined` for what is none, such as that of a version to come. */
function readEnding(read: unknown): Ending | undefined {
  if (!isRecord(read)) return undefined
  const { kind, id } = read
  if (typeof id !== 'string') return undefined
  if (kind === 'account' || kind === 'member') return { kind, id }
  if (kind !== 'key') return undefined
  const moment = (name: string): number | undefined => {
    const at = read[name]
    return typeof at === 'number' ? at : undefined
  }
  return {
    kind,
    id,
    revokedAt: moment('revokedAt'),
    expiresAt: moment('expiresAt'),
    replacedUntil: moment('replacedUntil'),
  }
}
