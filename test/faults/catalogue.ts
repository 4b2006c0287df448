import type { FaultRow } from './fault-row.ts'
import { endings } from './rows/endings.ts'
import { framing } from './rows/framing.ts'
import { reaching } from './rows/reaching.ts'
import { refusals } from './rows/refusals.ts'
import { unreadable } from './rows/unreadable.ts'

/** The rows by the file that holds them. */
export const groups: Readonly<Record<string, readonly FaultRow[]>> = {
  'rows/reaching.ts': reaching,
  'rows/endings.ts': endings,
  'rows/unreadable.ts': unreadable,
  'rows/framing.ts': framing,
  'rows/refusals.ts': refusals,
}

/** Every fault that strikes between the gateway and its upstreams, in the order of the page about them. */
export const catalogue: readonly FaultRow[] = Object.values(groups).flat()
