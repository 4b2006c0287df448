import { useEffect, useState } from 'react'
import { stringifySearch } from '../../search-params.ts'
import type { RequestLine } from './request-line.ts'

/** How many are kept on the page. */
const MOST = 500

interface LiveTail {
  /** The newest first. */
  readonly lines: readonly RequestLine[]
  readonly state: 'off' | 'connecting' | 'open' | 'lost'
}

/** Requests as they are put on record, while it is on. The browser connects again by itself when the stream breaks off. */
export function useLiveTail(on: boolean, filters: Readonly<Record<string, string | undefined>>): LiveTail {
  const [lines, setLines] = useState<readonly RequestLine[]>([])
  const [connection, setConnection] = useState<'connecting' | 'open' | 'lost'>('connecting')
  const address = `/api/v1/requests/live${stringifySearch(filters)}`
  useEffect(() => {
    if (!on) return
    const source = new EventSource(address)
    source.addEventListener('open', () => setConnection('open'))
    source.addEventListener('error', () =>
      setConnection(source.readyState === EventSource.CLOSED ? 'lost' : 'connecting'),
    )
    source.addEventListener('request', ({ data }: MessageEvent<string>) => {
      const line = JSON.parse(data) as RequestLine
      setLines((before) => [line, ...before.filter(({ id }) => id !== line.id)].slice(0, MOST))
    })
    return () => {
      source.close()
      setLines([])
      setConnection('connecting')
    }
  }, [on, address])
  return { lines, state: on ? connection : 'off' }
}
