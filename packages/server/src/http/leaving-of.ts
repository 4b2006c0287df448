import type { ServerResponse } from 'node:http'

/** Aborted when nobody waits for a response any more: its client has left, or was cut off. */
export function leavingOf(response: ServerResponse): AbortSignal {
  const leaving = new AbortController()
  response.once('close', () => leaving.abort())
  if (response.destroyed) leaving.abort()
  return leaving.signal
}
