import type { FaultRow } from './fault-row.ts'
import { endings } from './rows/endings.ts'
import { framing } from './rows/framing.ts'
import { reaching } from './rows/reaching.ts'
import { refusals } from './rows/refusals.ts'
import { unreadable } from './rows/unreadable.ts'

/** Every fault that strikes between the gateway and its upstreams, in the order of the page about them. */
export const catalogue: readonly FaultRow[] = [...reaching, ...endings, ...unreadable, ...framing, ...refusals]
