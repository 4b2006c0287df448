import { useQueryClient } from '@tanstack/react-query'
import { useEffect, useState, type ReactNode } from 'react'
import { Problem, wordsFor } from '../api/problem.ts'
import { openForm } from '../open-forms.ts'
import { Button } from './button.tsx'
import { Dialog } from './dialog.tsx'

interface FormDialogProps {
  /** What opens it: `Create key`. */
  readonly action: string
  readonly title: string
  /** What sends it. Default: the action. */
  readonly submit?: string | undefined
  /** Default: usual. */
  readonly kind?: 'usual' | 'primary' | undefined
  /** Sets the fields to what they begin with. */
  readonly onOpen?: (() => void) | undefined
  /** Sends it. What it throws is told in the dialog. */
  readonly onSubmit: () => Promise<unknown>
  readonly children: ReactNode
}

/** What to tell of a form that was refused; of what another has changed meanwhile also what to do. */
const refusalOf = (error: unknown): string =>
  error instanceof Problem && (error.status === 412 || error.code === 'conflict')
    ? 'Somebody has changed this since you opened it, so nothing was saved. Close this, look at what it is now, and make your change again.'
    : wordsFor(error)

/**
 * A button that opens a form. Lists are read again once it was sent; after a refusal, once it is closed: the row that it stands in may
 * be gone by then, and what the form says would go with it.
 */
export function FormDialog(props: FormDialogProps): React.JSX.Element {
  const { action, title, submit = action, kind = 'usual', onOpen, onSubmit, children } = props
  const queries = useQueryClient()
  const [open, setOpen] = useState(false)
  const [busy, setBusy] = useState(false)
  const [error, setError] = useState<unknown>()
  useEffect(() => (open ? openForm() : undefined), [open])
  const change = (next: boolean): void => {
    if (next) onOpen?.()
    if (!next && error !== undefined) readAgain()
    setError(undefined)
    setOpen(next)
  }
  const readAgain = (): void =>
    void queries.invalidateQueries({ predicate: ({ queryKey }) => queryKey[0] !== 'session' })
  const send = async (): Promise<void> => {
    setBusy(true)
    setError(undefined)
    try {
      await onSubmit()
      setOpen(false)
      readAgain()
    } catch (thrown) {
      setError(thrown)
    } finally {
      setBusy(false)
    }
  }
  return (
    <>
      <Button kind={kind} onClick={() => change(true)}>
        {action}
      </Button>
      <Dialog title={title} open={open} onOpenChange={change}>
        <form
          className="flex flex-col gap-3"
          onSubmit={(event) => {
            event.preventDefault()
            void send()
          }}
        >
          {children}
          {error === undefined ? null : (
            <p role="alert" className="text-bad">
              {refusalOf(error)}
            </p>
          )}
          <div className="mt-2 flex justify-end">
            <Button kind="primary" type="submit" busy={busy}>
              {submit}
            </Button>
          </div>
        </form>
      </Dialog>
    </>
  )
}
