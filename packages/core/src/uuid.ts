import { randomFillSync } from 'node:crypto'

/** Identifies one request everywhere: answer header, ledger, logs. A UUIDv7, so ids sort by time. */
export type RequestId = string & { readonly __id: 'request' }

const POOL_BYTES = 4096
const pool = Buffer.alloc(POOL_BYTES)
let used = POOL_BYTES

/** Mints a UUIDv7 (RFC 9562, section 5.7) for the moment `nowMs`, in ms since the epoch. */
export function mintRequestId(nowMs: number): RequestId {
  if (used + 10 > POOL_BYTES) {
    randomFillSync(pool)
    used = 0
  }
  const random = pool.toString('hex', used, used + 10)
  used += 10
  const time = Math.trunc(nowMs).toString(16).padStart(12, '0')
  const variant = VARIANT[random.charCodeAt(3) & 3]
  return `${time.slice(0, 8)}-${time.slice(8)}-7${random.slice(0, 3)}-${variant}${random.slice(4, 7)}-${random.slice(7, 19)}` as RequestId
}

const VARIANT = ['8', '9', 'a', 'b'] as const
