import type { Notice, NoticeEngine, NoticeReceiver } from '../notice-engine.ts'

/** Carries notices between engines of one process, as long as nobody cuts it. */
export class MemoryNotices {
  readonly #engines = new Set<{ channels: Set<string>; receiver: NoticeReceiver }>()
  /** Nobody can connect. */
  isDown = false
  /** Everybody stays connected, and nothing arrives. */
  isHung = false

  /** Whoever is connected is no longer. */
  cut(): void {
    const all = [...this.#engines]
    this.#engines.clear()
    for (const { receiver } of all) receiver.lost()
  }

  engine(): NoticeEngine {
    let connected: { channels: Set<string>; receiver: NoticeReceiver } | undefined
    const there = () => {
      if (connected === undefined || !this.#engines.has(connected)) throw new Error('it is not connected')
      return connected
    }
    return {
      connect: async (channels, receiver) => {
        if (this.isDown) throw new Error('nobody is there')
        connected = { channels: new Set(channels), receiver }
        this.#engines.add(connected)
      },
      listen: async (channel) => void there().channels.add(channel),
      unlisten: async (channel) => void there().channels.delete(channel),
      send: async (notice) => {
        there()
        if (!this.isHung) queueMicrotask(() => this.#tell(notice))
      },
      drop: () => {
        if (connected === undefined || !this.#engines.delete(connected)) return
        connected.receiver.lost()
      },
      close: async () => {
        if (connected !== undefined) this.#engines.delete(connected)
      },
    }
  }

  #tell(notice: Notice): void {
    for (const { channels, receiver } of this.#engines) if (channels.has(notice.channel)) receiver.heard(notice)
  }
}
