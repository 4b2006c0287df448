import { Problem, wordsFor } from '../api/problem.ts'
import { Button } from './button.tsx'

interface ErrorStateProps {
  readonly error: unknown
  readonly retry?: () => void
}

/** What went wrong, in words, with a way to try again; of what is not there yet, that it comes by itself. */
export const ErrorState = (props: ErrorStateProps): React.JSX.Element =>
  props.error instanceof Problem && props.error.status === 503 ? (
    <NotYet problem={props.error} />
  ) : (
    <Trouble {...props} />
  )

/** It is asked for again all the while, as `createQueryClient` has it. */
const NotYet = ({ problem }: { readonly problem: Problem }): React.JSX.Element => (
  <div role="status" className="rounded-lg border border-warn bg-warn-soft px-4 py-3 text-warn">
    <p>{wordsFor(problem)}</p>
    <p className="mt-1">Nothing is lost: this page asks again every five seconds, and shows it once it is there.</p>
  </div>
)

const Trouble = ({ error, retry }: ErrorStateProps): React.JSX.Element => (
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
