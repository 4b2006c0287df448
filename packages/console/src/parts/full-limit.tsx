import { exactUsd, picoOf, shortUsd } from '../format/usd.ts'
import { LimitBar } from './limit-bar.tsx'
import { Moment } from './moment.tsx'

interface FullLimitProps {
  readonly limit: {
    readonly kind: string
    readonly limit: string
    readonly window: string
    readonly spent_usd?: string | null | undefined
    readonly held_usd?: string | null | undefined
    readonly on_reached?: 'stop' | 'notify' | 'fallback' | undefined
    readonly resets_at?: string | null | undefined
    readonly refused_last_day?: number | undefined
  }
}

/** What rates count, in words. */
const rates: Readonly<Record<string, string>> = {
  rpm: 'requests a minute',
  rpd: 'requests a day',
  tpm: 'tokens a minute',
  max_parallel: 'at once',
}

/** How much of a limit is used, where that is known; else what it is. When it is used up, also what that means, and until when. */
export function FullLimit({ limit: rule }: FullLimitProps): React.JSX.Element {
  const { kind, limit, window, spent_usd: spent, held_usd: held } = rule
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
    <div>
      <LimitBar
        label={`${shortUsd(limit)} ${each}`}
        share={share}
        text={`${shortUsd(spent)} of ${shortUsd(limit)} ${each}`}
      />
      {share >= NEARLY_ALL ? <WhatFollows of={rule} isFull={used >= most} /> : null}
    </div>
  )
}

/** From here on what is left is too little for most requests. */
const NEARLY_ALL = 0.99

/** What becomes of requests. */
const fates = {
  stop: 'are refused (402)',
  notify: 'go on, since it only notifies',
  fallback: 'go to its other models',
} as const

function WhatFollows({ of, isFull }: { readonly of: FullLimitProps['limit']; readonly isFull: boolean }) {
  const { on_reached: fate, resets_at: reset, refused_last_day: refused = 0 } = of
  // The limits of a key alone do not say so.
  if (fate === undefined) return null
  return (
    <p className="mt-1 max-w-72 text-xs text-bad">
      {isFull ? 'Used up: requests ' : 'All but used up: requests that may cost more than what is left '}
      {fates[fate]}
      {reset === null || reset === undefined ? (
        ' until it is raised.'
      ) : (
        <>
          {' until it is raised, or begins anew on '}
          <Moment at={reset} />.
        </>
      )}
      {fate === 'stop' && refused > 0 ? ` ${refused} refused in the last 24 hours.` : null}
    </p>
  )
}
