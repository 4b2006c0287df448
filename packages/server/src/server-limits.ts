import { createAdmission, type EngineLimits, type LimitBook, type Notices, type OnRefused } from '@speka/core/internal'
import { realClock } from '@speka/core/node'
import { openRates } from './limits/open-rates.ts'
import { openRecallLine } from './limits/recall-line.ts'
import type { NoticeBoard } from './notices/notice-board.ts'
import type { RedisLink } from './redis/open-redis.ts'
import type { Store } from './store/store.ts'
import type { Log } from './telemetry/log.ts'

/** What limits the calls of a server, and what ends it in good order. */
export interface ServerLimits extends EngineLimits {
  /** Once nothing is under way any more. */
  close(): Promise<void>
}

export interface ServerLimitsParts {
  readonly store: Pick<Store, 'budgets' | 'rates'>
  /** How this process reaches those that share the store; `undefined`: none does, or the supervisor of workers knows. */
  readonly board: NoticeBoard | undefined
  readonly book: LimitBook
  readonly notices: Notices
  readonly onRefused: OnRefused
  readonly dataDir: string
  /** Counts the rates that replicas share; `undefined`: their database does. */
  readonly redis?: RedisLink | undefined
  readonly log: Log
}

/** Money by leases of the store, which other processes have as well, and rates, which replicas count together, or the supervisor of workers hands out. */
export function openServerLimits({
  store,
  board,
  book,
  notices,
  onRefused,
  dataDir,
  redis,
  log,
}: ServerLimitsParts): ServerLimits {
  const admission = createAdmission({
    budgets: store.budgets,
    line: openRecallLine(board),
    clock: realClock,
  })
  const { rates, close } = openRates(dataDir, log, store.rates && { database: store.rates, redis })
  return {
    book,
    admission,
    rates,
    notices,
    onRefused,
    async close() {
      await admission.close()
      await close()
    },
  }
}
