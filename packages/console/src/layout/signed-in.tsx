import { useSuspenseQuery } from '@tanstack/react-query'
import { Navigate, useLocation } from '@tanstack/react-router'
import { SessionContext, sessionQuery } from '../session.ts'
import { Shell } from './shell.tsx'

/** All that only somebody sees who is signed in. Whoever is not any more is led to where he can sign in, and from there back. */
export function SignedIn(): React.JSX.Element {
  const { data } = useSuspenseQuery(sessionQuery)
  const { href } = useLocation()
  if (data.actor === null) return <Navigate to="/sign-in" search={{ back: href } as never} replace />
  return (
    <SessionContext value={data}>
      <Shell />
    </SessionContext>
  )
}
