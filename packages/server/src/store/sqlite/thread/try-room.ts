import { randomUUID } from 'node:crypto'
import { rmSync, writeFileSync } from 'node:fs'

/** More than one commit needs, so that a disk with room for a single request does not count as one with room. */
const BYTES = 256 * 1024

/** Whether the disk under `path` has room for a while. @throws What the system says, `ENOSPC` for one. */
export function tryRoom(path: string): void {
  const file = `${path}.room-${randomUUID()}`
  try {
    writeFileSync(file, Buffer.alloc(BYTES), { mode: 0o600, flush: true })
  } finally {
    rmSync(file, { force: true })
  }
}
