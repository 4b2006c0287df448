import { Meter } from '@base-ui/react/meter'
import { percent } from '../format/quantity.ts'

interface LimitBarProps {
  /** What is limited, for those who do not see the bar. */
  readonly label: string
  /** How much of the limit is used: 1 is all of it. */
  readonly share: number
  /** `$4.20 of $5.00` */
  readonly text?: string | undefined
}

const colourOf = (share: number): string => (share >= 1 ? 'bg-bad' : share >= 0.8 ? 'bg-warn' : 'bg-accent')

/** How full a limit is. */
export const LimitBar = ({ label, share, text = percent(share) }: LimitBarProps): React.JSX.Element => (
  <Meter.Root
    value={Math.min(100, share * 100)}
    aria-label={label}
    getAriaValueText={() => text}
    className="flex min-w-32 flex-col gap-1"
  >
    <span aria-hidden className="text-xs text-quiet tabular-nums">
      {text}
    </span>
    <Meter.Track className="h-1.5 overflow-hidden rounded-full bg-raised">
      <Meter.Indicator className={`h-full rounded-full ${colourOf(share)}`} />
    </Meter.Track>
  </Meter.Root>
)
