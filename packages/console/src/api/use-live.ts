import { useQueryClient, type QueryKey } from '@tanstack/react-query'
import { useEffect, useEffectEvent, useSyncExternalStore } from 'react'
import { useFormOpen } from '../open-forms.ts'
import { withChanges, type Change } from './with-changes.ts'

/** When a stream that was refused is asked for again; until then the page asks by itself, in ms. */
const RETRY_MS = 10_000

interface Live {
  /** The answer that is shown: `/api/v1/overview?last=24h`. */
  readonly path: string
  /** Of the query that has it. */
  readonly queryKey: QueryKey
  /** Whether the query has it: what follows is told from then on. */
  readonly on: boolean
  /** Whether the answer is a part of a list, of which the query has the rows. Default: it has the answer. */
  readonly isList?: boolean | undefined
}

/**
 * Keeps what a page shows current, by one stream for as long as somebody looks at it. The browser connects again by itself when
 * it breaks off, and is told the whole answer first. While a form is open the page holds still.
 */
export function useLive({ path, queryKey, on, isList = false }: Live): void {
  const queries = useQueryClient()
  const isSeen = useSyncExternalStore(listen, () => document.visibilityState === 'visible')
  const isHeld = useFormOpen()
  const askAgain = useEffectEvent(() => void queries.invalidateQueries({ queryKey, exact: true }))
  const show = useEffectEvent((answer: unknown) => {
    if (!isList) queries.setQueryData(queryKey, answer)
    else if (isWhole(answer)) queries.setQueryData(queryKey, answer.data)
    else askAgain()
  })
  useEffect(() => {
    if (!on || !isSeen || isHeld) return
    const address = `/api/v1/live?of=${encodeURIComponent(path)}`
    let source: EventSource
    let retry: ReturnType<typeof setTimeout> | undefined
    function connect(): void {
      let answer: unknown
      source = new EventSource(address)
      source.addEventListener('answer', ({ data }: MessageEvent<string>) => show((answer = JSON.parse(data))))
      source.addEventListener('change', ({ data }: MessageEvent<string>) =>
        show((answer = withChanges(answer, JSON.parse(data) as Change[]))),
      )
      source.addEventListener('error', () => {
        if (source.readyState !== EventSource.CLOSED) return
        // Refused: whoever has been signed out is told so by the answer to this.
        askAgain()
        retry = setTimeout(connect, RETRY_MS)
      })
    }
    connect()
    return () => {
      source.close()
      clearTimeout(retry)
    }
  }, [on, isSeen, isHeld, path])
}

/** Whether all rows of a list are in this part of it. */
const isWhole = (answer: unknown): answer is { readonly data: unknown } =>
  typeof answer === 'object' && answer !== null && 'data' in answer && 'next' in answer && answer.next === null

function listen(changed: () => void): () => void {
  document.addEventListener('visibilitychange', changed)
  return () => document.removeEventListener('visibilitychange', changed)
}

/** The path of an answer with its query, as it is asked for. */
export function pathOf(path: string, query: Readonly<Record<string, string | number | undefined>>): string {
  const said = Object.entries(query).filter(([, value]) => value !== undefined)
  const text = new URLSearchParams(said.map(([name, value]) => [name, String(value)])).toString()
  return text === '' ? path : `${path}?${text}`
}
