import type { Claimed, ReplyStore } from '../store.ts'
import type { Use } from './use.ts'

interface Place {
  readonly fingerprint: string
  readonly until: number
  readonly reply?: Uint8Array
}

/** Replies in a map, in the order in which they were kept. */
export function memoryReplies(use: Use, mostBytes: number): ReplyStore {
  const places = new Map<string, Place>()
  let bytes = 0

  const forget = (place: string): void => {
    bytes -= places.get(place)?.reply?.length ?? 0
    places.delete(place)
  }

  const makeRoom = (): void => {
    for (const [place, { reply }] of places) {
      if (bytes <= mostBytes) return
      if (reply !== undefined) forget(place)
    }
  }

  return {
    claim: (place, { fingerprint, now, until }) =>
      use((): Claimed => {
        const there = places.get(place)
        if (there !== undefined && there.until > now) {
          const { reply } = there
          return reply === undefined
            ? { state: 'running', fingerprint: there.fingerprint }
            : { state: 'kept', fingerprint: there.fingerprint, reply }
        }
        forget(place)
        places.set(place, { fingerprint, until })
        return { state: 'yours' }
      }),

    keep: (place, reply, until) =>
      use(() => {
        const fingerprint = places.get(place)?.fingerprint
        if (fingerprint === undefined) return
        forget(place)
        places.set(place, { fingerprint, until, reply })
        bytes += reply.length
        makeRoom()
      }),

    release: (place) => use(() => forget(place)),
  }
}
