import { fromNow, momentIn, momentInUtc } from '../format/moment.ts'

interface MomentProps {
  /** As the API gives it: `2026-11-30T12:05:09.400Z`. `null`: never. */
  readonly at: string | null | undefined
  /** Tells how long ago it is instead. */
  readonly relative?: boolean
  /** To the second. */
  readonly seconds?: boolean
}

/** A moment in the zone of whoever looks, with UTC on hover. */
export function Moment({ at, relative = false, seconds = false }: MomentProps): React.JSX.Element {
  if (at === null || at === undefined) return <span className="text-quiet">never</span>
  const moment = new Date(at)
  return (
    <time dateTime={at} title={momentInUtc(moment)} className="whitespace-nowrap tabular-nums">
      {relative ? fromNow(moment, new Date()) : momentIn(moment, undefined, seconds)}
    </time>
  )
}
