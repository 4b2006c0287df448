import { Link } from '@tanstack/react-router'
import { nextStep } from './next-step.ts'
import type { Trouble } from './trouble.ts'

/** What went wrong, and where it is mended. */
export function TroubleView({ trouble }: { readonly trouble: Trouble }): React.JSX.Element {
  const next = nextStep(trouble.code)
  return (
    <div role="alert" className="rounded-md border border-bad bg-bad-soft px-3 py-2 text-bad">
      <p className="break-words">{trouble.message}</p>
      {next === undefined ? null : (
        <p className="mt-1">
          {next.to === undefined ? (
            next.text
          ) : (
            <Link to={next.to} className="underline">
              {next.text}
            </Link>
          )}
        </p>
      )}
    </div>
  )
}
