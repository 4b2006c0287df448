import { COUNTED_MS, MOST_CODE_TRIES, type SignInCodes } from '../sign-in-codes.ts'
import type { Use } from './use.ts'

/** Codes by their addresses, and when each counter has counted. */
export function memorySignInCodes(use: Use): SignInCodes {
  const codes = new Map<string, { code: string; until: number; tries: number }[]>()
  const counted = new Map<string, number[]>()

  function forget(now: number): void {
    for (const [address, all] of codes) {
      const left = all.filter(({ until }) => until > now)
      if (left.length === 0) codes.delete(address)
      else codes.set(address, left)
    }
    for (const [of, moments] of counted) {
      const left = moments.filter((at) => at > now - COUNTED_MS)
      if (left.length === 0) counted.delete(of)
      else counted.set(of, left)
    }
  }

  return {
    keep: ({ address, code, counters, now, until }) =>
      use(() => {
        forget(now)
        for (const [full, { of, most }] of counters.entries()) {
          const moments = counted.get(of) ?? []
          const first = moments.at(-most)
          if (moments.length >= most && first !== undefined) return { isKept: false, full, until: first + COUNTED_MS }
        }
        for (const { of } of counters) counted.set(of, [...(counted.get(of) ?? []), now])
        codes.set(address, [...(codes.get(address) ?? []), { code, until, tries: 0 }])
        return { isKept: true }
      }),

    countTry: ({ of, most, withinMs, now }) =>
      use(() => {
        forget(now)
        const moments = counted.get(of) ?? []
        const within = moments.filter((at) => at > now - withinMs)
        const first = within.at(-most)
        if (within.length >= most && first !== undefined) return first + withinMs
        counted.set(of, [...moments, now])
        return undefined
      }),

    forgiveTry: (of, at) =>
      use(() => {
        const moments = counted.get(of) ?? []
        const place = moments.indexOf(at)
        if (place !== -1) counted.set(of, moments.toSpliced(place, 1))
      }),

    try: ({ address, code, now, isUsedUp }) =>
      use(() => {
        const live = (codes.get(address) ?? []).filter((one) => one.until > now && one.tries < MOST_CODE_TRIES)
        if (live.length === 0) return 'none'
        if (live.some((one) => one.code === code)) {
          if (isUsedUp) codes.delete(address)
          return 'right'
        }
        for (const one of live) one.tries += 1
        return 'wrong'
      }),
  }
}
