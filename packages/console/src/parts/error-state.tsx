import { Problem, wordsFor } from '../api/problem.ts'
import { Button } from './button.tsx'

/** What went wrong, in words, with a way to try again. */
export const ErrorState = ({ error, retry }: { readonly error: unknown; readonly retry?: () => void }) => (
  <div role="alert" className="rounded-lg border border-bad bg-bad-soft px-4 py-3 text-bad">
    <p>{wordsFor(error)}</p>
    {error instanceof Problem && error.requestId !== undefined ? (
      <p className="mt-1 font-mono text-xs">Request {error.requestId}</p>
    ) : null}
    {retry === undefined ? null : (
      <div className="mt-3">
        <Button onClick={retry}>Try again</Button>
      </div>
    )}
  </div>
)
