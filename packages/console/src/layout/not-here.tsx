import { Link } from '@tanstack/react-router'
import { EmptyState } from '../parts/empty-state.tsx'
import { useSession } from '../session.ts'

export const NotFound = (): React.JSX.Element => (
  <main className="mx-auto max-w-2xl p-4 md:p-16">
    <h1 className="sr-only">Not found</h1>
    <EmptyState title="There is no such page">
      <Link to="/" className="text-accent underline">
        Go to the overview
      </Link>
    </EmptyState>
  </main>
)

/** A page that exists, for others. */
export function NotAllowed({ title }: { readonly title: string }): React.JSX.Element {
  const { role } = useSession()
  return (
    <EmptyState title={`Your role may not see ${title}`}>
      You are signed in as {role}. Ask an owner of the account for another role.
    </EmptyState>
  )
}
