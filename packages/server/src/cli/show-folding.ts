import type { Folding } from '../store/store.ts'
import type { Terminal } from './command.ts'

/** How often to say how far it is, in ms. */
const SAY_MS = 1000

/** Says on a terminal how far the adding up of old records is, for whoever waits for it. */
export function showFolding(terminal: Terminal): (progress: Folding) => void {
  let saidAt = performance.now()
  return ({ folded, total }) => {
    const now = performance.now()
    if (!terminal.isTty || now - saidAt < SAY_MS) return
    saidAt = now
    terminal.error(`Adding up older records: ${folded} of ${total} …`)
  }
}
