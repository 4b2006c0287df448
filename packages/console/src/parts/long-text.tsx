import type { ReactNode } from 'react'

/** A name in a table that may be long: it is broken where words end, and within one only where it must be. */
export const LongText = ({ children, strong = false }: { readonly children: ReactNode; readonly strong?: boolean }) => (
  <span className={`inline-block max-w-96 min-w-40 wrap-anywhere ${strong ? 'font-medium' : ''}`}>{children}</span>
)
