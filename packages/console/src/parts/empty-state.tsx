import type { ReactNode } from 'react'

/** Where filters leave nothing of what there is. */
export const NothingLikeThat = (): React.JSX.Element => (
  <EmptyState title="Nothing here is like that.">Clear the filters to see all.</EmptyState>
)

/** Where there is nothing yet: why, and what to do next. */
export const EmptyState = ({ title, children }: { readonly title: string; readonly children?: ReactNode }) => (
  <div className="rounded-lg border border-dashed border-line bg-surface px-6 py-10 text-center">
    <p className="font-medium">{title}</p>
    {children === undefined ? null : <div className="mx-auto mt-2 max-w-2xl text-quiet">{children}</div>}
  </div>
)
