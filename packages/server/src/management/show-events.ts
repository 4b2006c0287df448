import type { AdminExchange } from '../http/exchange.ts'
import type { OpenStreams } from './open-streams.ts'

/** How often to look for what is new, and whether who looks on still may, in ms. */
const LOOK_MS = 500
/** Proxies and clients give up on a stream that says nothing, in ms. */
const SILENCE_MS = 15_000

/** One server-sent event. */
export const eventText = (event: string, data: unknown, id?: string): string =>
  `event: ${event}\n${id === undefined ? '' : `id: ${id}\n`}data: ${JSON.stringify(data)}\n\n`

/**
 * Answers with server-sent events, until whoever looks on leaves, or may not look on any more.
 *
 * @param begin makes ready, and gives what tells what is new each time it is asked: no text when nothing is. What it throws
 *   is answered as any request is.
 */
export async function showEvents(
  { id, request, response, actor, isStillIn }: AdminExchange,
  streams: OpenStreams,
  begin: () => Promise<() => Promise<string>>,
): Promise<void> {
  const leave = streams.take(actor)
  if (response.destroyed) return leave()
  response.once('close', leave)
  const look = await begin()
  response.writeHead(200, { 'content-type': 'text/event-stream', 'cache-control': 'no-store', 'x-request-id': id })
  if (request.method === 'HEAD') {
    response.end()
    return
  }
  response.flushHeaders()
  let saidAt = performance.now()
  const next = async (): Promise<void> => {
    if (!(await isStillIn())) return void response.end()
    // Whoever does not read is not written to.
    if (!response.writableNeedDrain) {
      let text = await look()
      if (text === '' && performance.now() - saidAt >= SILENCE_MS) text = ': speka\n\n'
      if (text !== '') {
        saidAt = performance.now()
        response.write(text)
      }
    }
    again()
  }
  const again = (): void => {
    if (!response.destroyed) setTimeout(() => void next().catch(() => response.end()), LOOK_MS).unref()
  }
  again()
}
