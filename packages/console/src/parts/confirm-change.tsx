import { useQueryClient } from '@tanstack/react-query'
import type { ReactNode } from 'react'
import { ConfirmDialog } from './confirm-dialog.tsx'
import { notify } from './toast.tsx'

interface ConfirmChangeProps {
  readonly action: string
  readonly title: string
  readonly children: ReactNode
  readonly run: () => Promise<unknown>
  /** What is said once it is done. */
  readonly done: string
}

/** Asks first, then does it, says so, and reads the lists again. */
export function ConfirmChange({ run, done, ...rest }: ConfirmChangeProps): React.JSX.Element {
  const queries = useQueryClient()
  return (
    <ConfirmDialog
      {...rest}
      onConfirm={async () => {
        try {
          await run()
          notify(done)
        } finally {
          void queries.invalidateQueries({ predicate: ({ queryKey }) => queryKey[0] !== 'session' })
        }
      }}
    />
  )
}
