import { AlertDialog } from '@base-ui/react/alert-dialog'
import { useState, type ReactNode } from 'react'
import { wordsFor } from '../api/problem.ts'
import { Button, buttonClass } from './button.tsx'

interface ConfirmDialogProps {
  /** What opens it, and what it does: `Revoke`. */
  readonly action: string
  /** `Revoke the key "bench"?` It names what is destroyed. */
  readonly title: string
  /** What follows from it. */
  readonly children: ReactNode
  /** What opens it: a button, or words among others. Default: danger. */
  readonly kind?: 'danger' | 'plain' | undefined
  /** Does it. What it throws is told in the dialog. */
  readonly onConfirm: () => Promise<unknown>
}

const PLAIN = 'rounded-md px-1 py-1 text-left text-quiet underline hover:text-ink'

/** A button for what cannot be undone, that asks first. */
export function ConfirmDialog({
  action,
  title,
  children,
  onConfirm,
  kind = 'danger',
}: ConfirmDialogProps): React.JSX.Element {
  const [open, setOpen] = useState(false)
  const [busy, setBusy] = useState(false)
  const [error, setError] = useState<unknown>()
  const confirm = async (): Promise<void> => {
    setBusy(true)
    setError(undefined)
    try {
      await onConfirm()
      setOpen(false)
    } catch (thrown) {
      setError(thrown)
    } finally {
      setBusy(false)
    }
  }
  return (
    <AlertDialog.Root open={open} onOpenChange={setOpen}>
      <AlertDialog.Trigger className={kind === 'danger' ? buttonClass('danger') : PLAIN}>{action}</AlertDialog.Trigger>
      <AlertDialog.Portal>
        <AlertDialog.Backdrop className="fixed inset-0 z-40 bg-black/50" />
        <AlertDialog.Popup className="fixed top-1/2 left-1/2 z-50 w-[min(28rem,92vw)] -translate-1/2 rounded-lg border border-line bg-surface p-5">
          <AlertDialog.Title className="text-base font-semibold break-words">{title}</AlertDialog.Title>
          <AlertDialog.Description className="mt-2 text-quiet">{children}</AlertDialog.Description>
          {error === undefined ? null : (
            <p role="alert" className="mt-3 text-bad">
              {wordsFor(error)}
            </p>
          )}
          <div className="mt-5 flex justify-end gap-2">
            <AlertDialog.Close className={buttonClass()}>Cancel</AlertDialog.Close>
            <Button kind="danger" busy={busy} onClick={() => void confirm()}>
              {action}
            </Button>
          </div>
        </AlertDialog.Popup>
      </AlertDialog.Portal>
    </AlertDialog.Root>
  )
}
