import type { ResponseStore, ResponseToKeep } from '../responses.ts'
import type { Use } from './use.ts'

/** Responses in a map. */
export function memoryResponses(use: Use): ResponseStore {
  const responses = new Map<string, ResponseToKeep>()
  const ofAccount = (id: string, account: string): ResponseToKeep | undefined => {
    const found = responses.get(id)
    return found?.account === account ? found : undefined
  }

  return {
    keep: (response) =>
      use(() => {
        responses.set(response.id, response)
      }),

    find: (id, account, now) =>
      use(() => {
        const found = ofAccount(id, account)
        return found !== undefined && found.until > now ? found.sealed : undefined
      }),

    delete: (id, account) => use(() => ofAccount(id, account) !== undefined && responses.delete(id)),

    deleteEnded: (now, most) =>
      use(() => {
        const ended = [...responses.values()].filter(({ until }) => until <= now)
        const first = ended.toSorted((a, b) => a.until - b.until).slice(0, most)
        for (const { id } of first) responses.delete(id)
        return first.length
      }),
  }
}
