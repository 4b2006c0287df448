import type { Store } from '../../packages/server/src/store/store.ts'
import type { Figures } from './figures.ts'
import { recordOf, START } from './record.ts'

/** How many records are settled at once. */
const AT_ONCE = 5000

/** Settles so many records of a month, and says how fast. @param start when the month begins. */
export async function fillLedger({ ledger }: Store, rows: number, figures: Figures, start = START): Promise<void> {
  const began = performance.now()
  for (let from = 0; from < rows; from += AT_ONCE) {
    const some = Array.from({ length: Math.min(AT_ONCE, rows - from) }, (_, index) =>
      ledger.settle(recordOf(from + index, rows, start)),
    )
    await Promise.all(some)
    // Until the last of them is in the file: more than so many are not taken meanwhile, and a busy machine writes slower than this asks.
    while ((await ledger.find(recordOf(Math.min(from + AT_ONCE, rows) - 1, rows, start).id)) === undefined);
  }
  figures.say('settled', (rows * 1000) / (performance.now() - began), 'rows/s')
}
