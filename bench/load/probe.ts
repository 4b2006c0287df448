import { Caller } from './caller.ts'
import type { ProbeJob, ProbeResult } from './job.ts'
import { requestBytes } from './request-bytes.ts'

/** Sends one request and keeps the whole answer. */
export function probe({ endpoint, ask }: ProbeJob): Promise<ProbeResult> {
  return new Promise((resolve, reject) => {
    const pieces: Buffer[] = []
    const caller = new Caller(endpoint.port, requestBytes(endpoint, ask), {
      body: (bytes) => pieces.push(Buffer.from(bytes)),
      answered(status, head) {
        caller.close()
        resolve({ status, head, body: Buffer.concat(pieces).toString() })
      },
      failed: (why) => reject(new Error(why)),
    })
    caller.ask()
  })
}
