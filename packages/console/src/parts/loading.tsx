/** Holds the place of what is being read, so that nothing moves when it comes. */
export const Loading = ({ lines = 6 }: { readonly lines?: number }): React.JSX.Element => (
  <div role="status" className="flex flex-col gap-3">
    <span className="sr-only">Loading</span>
    {Array.from({ length: lines }, (_, line) => (
      <div key={line} className="h-8 animate-pulse rounded-md bg-raised" />
    ))}
  </div>
)
