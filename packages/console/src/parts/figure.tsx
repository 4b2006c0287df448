import type { ReactNode } from 'react'

interface FigureProps {
  readonly label: string
  readonly children: ReactNode
  /** What it is to be compared with. */
  readonly note?: ReactNode
}

/** A number that matters, large. */
export const Figure = ({ label, children, note }: FigureProps): React.JSX.Element => (
  <div className="min-w-0 rounded-lg border border-line bg-surface p-4">
    <dt className="text-quiet">{label}</dt>
    <dd className="mt-1 text-2xl font-semibold tracking-tight">{children}</dd>
    <dd className="mt-1 min-h-5 text-xs text-quiet">{note}</dd>
  </div>
)
