import { z } from 'zod'

/** A moment as it is shown: ISO 8601, `null` where there is none. */
export const shownMoment = z.iso.datetime().nullable()

export const textOf = (at: number | undefined): string | null => (at === undefined ? null : new Date(at).toISOString())

/** Since when something is there; what came with the gateway was always there. */
export const createdAt = (at: number): string | null => textOf(at === 0 ? undefined : at)
