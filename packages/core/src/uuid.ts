import { randomBytes } from 'node:crypto'

/** Identifies one request everywhere: answer header, ledger, logs. A UUIDv7, so ids sort by time. */
export type RequestId = string & { readonly __id: 'request' }

/** Random hexadecimal digits for the ids to come: asking for them one id at a time takes longer than all else. */
let digits = ''
let used = 0
const DIGITS_EACH = 19
const POOL_BYTES = 4096

/** The moment asked for last, as it stands in an id: nearly always the one asked for next. */
let moment = { ms: -1, time: '' }

/** Mints a UUIDv7 (RFC 9562, section 5.7) for the moment `nowMs`, in ms since the epoch. */
export function mintRequestId(nowMs: number): RequestId {
  if (used + DIGITS_EACH > digits.length) {
    digits = randomBytes(POOL_BYTES).toString('hex')
    used = 0
  }
  const random = digits.slice(used, used + DIGITS_EACH)
  used += DIGITS_EACH
  const ms = Math.trunc(nowMs)
  if (ms !== moment.ms) {
    const time = ms.toString(16).padStart(12, '0')
    moment = { ms, time: `${time.slice(0, 8)}-${time.slice(8)}` }
  }
  const variant = VARIANT[random.charCodeAt(3) & 3]
  return `${moment.time}-7${random.slice(0, 3)}-${variant}${random.slice(4, 7)}-${random.slice(7)}` as RequestId
}

const VARIANT = ['8', '9', 'a', 'b'] as const
