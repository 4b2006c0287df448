import { Dialog as Base } from '@base-ui/react/dialog'
import type { ReactNode } from 'react'

interface DialogProps {
  readonly title: string
  readonly open: boolean
  readonly onOpenChange: (open: boolean) => void
  readonly children: ReactNode
}

/** A form, or what came of it, over the page. */
export const Dialog = ({ title, open, onOpenChange, children }: DialogProps): React.JSX.Element => (
  <Base.Root open={open} onOpenChange={onOpenChange}>
    <Base.Portal>
      <Base.Backdrop className="fixed inset-0 z-40 bg-black/50" />
      <Base.Popup className="fixed top-1/2 left-1/2 z-50 max-h-[90dvh] w-[min(36rem,94vw)] -translate-1/2 overflow-y-auto rounded-lg border border-line bg-surface p-5">
        <div className="mb-4 flex items-start justify-between gap-3">
          <Base.Title className="text-base font-semibold">{title}</Base.Title>
          <Base.Close className="rounded-md px-2 py-1 text-quiet hover:bg-raised">Close</Base.Close>
        </div>
        {children}
      </Base.Popup>
    </Base.Portal>
  </Base.Root>
)
