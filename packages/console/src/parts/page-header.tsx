import type { ReactNode } from 'react'

interface PageHeaderProps {
  readonly title: ReactNode
  /** What the page is for, in a sentence. */
  readonly about?: ReactNode
  /** What can be done here. */
  readonly children?: ReactNode
}

export const PageHeader = ({ title, about, children }: PageHeaderProps): React.JSX.Element => (
  <div className="mb-6 flex flex-wrap items-end justify-between gap-3">
    <div className="min-w-0">
      <h1 className="break-words">{title}</h1>
      {about === undefined ? null : <p className="mt-1 text-quiet">{about}</p>}
    </div>
    <div className="flex flex-wrap gap-2">{children}</div>
  </div>
)
