import { useSuspenseQuery } from '@tanstack/react-query'
import { useRouter } from '@tanstack/react-router'
import { useEffect } from 'react'
import { Loading } from '../parts/loading.tsx'
import { SessionContext, sessionQuery } from '../session.ts'
import { Shell } from './shell.tsx'

/** All that only somebody sees who is signed in. Whoever is not any more is led to where he can sign in, and from there back. */
export function SignedIn(): React.JSX.Element {
  const { data } = useSuspenseQuery(sessionQuery)
  if (data.actor === null) return <Leaving />
  return (
    <SessionContext value={data}>
      <Shell />
    </SessionContext>
  )
}

/** Goes once: what is asked of the router with each look at it, as `Navigate` does, changes where one is, and is asked for ever. */
function Leaving(): React.JSX.Element {
  const router = useRouter()
  useEffect(() => {
    const { pathname, href } = router.state.location
    if (pathname !== '/sign-in')
      void router.navigate({ to: '/sign-in', search: { back: href }, replace: true } as never)
  }, [router])
  return <Loading />
}
