import { z } from 'zod'

/** A moment as text, `2026-11-22T09:00:00Z`; in ms since the epoch once it is read. */
export const moment = z.iso
  .datetime({ offset: true, error: 'must be a moment such as 2026-11-22T09:00:00Z' })
  .transform((text) => Date.parse(text))

/** One of a few words. */
export const oneOf = <const Words extends readonly string[]>(words: Words) =>
  z.enum(words, { error: ({ input }) => `must be one of ${words.join(', ')}, not "${String(input)}"` })

/** A text that is not empty, without the space around it. */
export const word = z.string({ error: 'must be a text' }).trim().min(1, { error: 'must not be empty' })
