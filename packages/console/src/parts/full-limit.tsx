import { exactUsd, picoOf, shortUsd } from '../format/usd.ts'
import { LimitBar } from './limit-bar.tsx'

interface FullLimitProps {
  readonly limit: {
    readonly kind: string
    readonly limit: string
    readonly window: string
    readonly spent_usd?: string | null | undefined
    readonly held_usd?: string | null | undefined
  }
}

/** What rates count, in words. */
const rates: Readonly<Record<string, string>> = {
  rpm: 'requests a minute',
  rpd: 'requests a day',
  tpm: 'tokens a minute',
  max_parallel: 'at once',
}

/** How much of a limit is used, where that is known; else what it is. */
export function FullLimit({ limit: { kind, limit, window, spent_usd: spent, held_usd: held } }: FullLimitProps) {
  if (kind !== 'usd') return <span className="whitespace-nowrap tabular-nums">{`${limit} ${rates[kind] ?? kind}`}</span>
  const each = window === 'lifetime' ? 'in all' : `a ${window}`
  if (spent === null || spent === undefined)
    return (
      <span className="whitespace-nowrap tabular-nums" title={exactUsd(limit)}>{`${shortUsd(limit)} ${each}`}</span>
    )
  const [used, most] = [picoOf(spent) + picoOf(held ?? '0'), picoOf(limit)]
  // A thousandth of a percent is more than a bar shows.
  const share = most === 0n ? 1 : Number((used * 100_000n) / most) / 100_000
  return (
    <LimitBar
      label={`${shortUsd(limit)} ${each}`}
      share={share}
      text={`${shortUsd(spent)} of ${shortUsd(limit)} ${each}`}
    />
  )
}
