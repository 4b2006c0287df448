import { randomBytes } from 'node:crypto'
import { open, unlink } from 'node:fs/promises'
import type { ServerResponse } from 'node:http'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { Bytes } from '@speka/core'
import type { FormStore } from '@speka/core/internal'
import { noteBody } from './body-memory.ts'

const READ_BYTES = 64 * 1024

/**
 * A file for a form that must be whole before it is sent on. It has no name as soon as it is there, so that nobody else can open it, and is
 * gone with its request, or with the process.
 *
 * @returns `undefined` where no file can be made.
 */
export async function formFile(response: ServerResponse): Promise<FormStore | undefined> {
  const path = join(tmpdir(), `speka-${randomBytes(16).toString('hex')}`)
  const file = await open(path, 'wx+', 0o600).catch(() => undefined)
  if (file === undefined) return undefined
  await unlink(path)
  let length = 0
  const close = (): void => void file.close().catch(() => {})
  if (response.destroyed) close()
  else response.once('close', close)
  return {
    async write(bytes: Bytes) {
      await file.write(bytes, 0, bytes.length, length)
      length += bytes.length
    },
    async *read() {
      for (let at = 0; at < length;) {
        // A new one each time: what was read is sent on while the next is being read.
        const { bytesRead, buffer } = await file.read(Buffer.allocUnsafe(READ_BYTES), 0, READ_BYTES, at)
        if (bytesRead === 0) return
        at += bytesRead
        yield buffer.subarray(0, bytesRead)
        noteBody(READ_BYTES)
      }
    },
  }
}
