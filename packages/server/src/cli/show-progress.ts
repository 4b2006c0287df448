import type { Terminal } from './command.ts'

/** How often to say how far it is, in ms. */
const SAY_MS = 1000

/**
 * Says on a terminal how far something is that takes long.
 *
 * @param doing what is done, and of what: `Read 5 of 10 rows …` has both.
 */
export function showProgress(
  terminal: Terminal,
  { verb, what }: { readonly verb: string; readonly what: string },
): (progress: { readonly done: number; readonly total: number }) => void {
  let saidAt = performance.now()
  return ({ done, total }) => {
    const now = performance.now()
    if (!terminal.isTty || now - saidAt < SAY_MS) return
    saidAt = now
    terminal.error(`${verb} ${done} of ${total} ${what} …`)
  }
}
