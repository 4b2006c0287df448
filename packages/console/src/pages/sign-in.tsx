import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query'
import { useRouter } from '@tanstack/react-router'
import { useState } from 'react'
import { useAddress } from '../address.ts'
import { wordsFor } from '../api/problem.ts'
import { Answered } from '../parts/answered.tsx'
import { Button, buttonClass } from '../parts/button.tsx'
import { TextField } from '../parts/text-field.tsx'
import { sessionQuery, signIn, type Site } from '../session.ts'
import { insidePath } from './sign-in/inside-path.ts'

/** Where the operator signs in by the admin token. Members find the way to a page of their own. */
export function SignIn(): React.JSX.Element {
  const [{ back = '/' }] = useAddress()
  const where = useQuery(sessionQuery)
  const inside = insidePath(back)
  return (
    <main className="mx-auto flex min-h-dvh max-w-sm flex-col justify-center gap-6 p-4">
      <title>Sign in</title>
      <h1>Sign in to the console</h1>
      <Answered query={where} lines={3}>
        {({ listener, sign_in_links: links }) =>
          listener === 'admin' ? (
            <>
              <ByToken back={inside} />
              <ByProviders links={links} back={inside} />
            </>
          ) : (
            <ByMail back={inside} />
          )
        }
      </Answered>
    </main>
  )
}

function ByToken({ back }: { readonly back: string }): React.JSX.Element {
  const [token, setToken] = useState('')
  const queries = useQueryClient()
  const router = useRouter()
  const signing = useMutation({
    mutationFn: () => signIn(token.trim()),
    onSuccess(session) {
      queries.setQueryData(sessionQuery.queryKey, session)
      void router.navigate({ href: back })
    },
  })
  return (
    <form
      className="flex flex-col gap-4 rounded-lg border border-line bg-surface p-5"
      onSubmit={(event) => {
        event.preventDefault()
        signing.mutate()
      }}
    >
      <TextField
        label="Admin token"
        type="password"
        autoComplete="current-password"
        required
        value={token}
        onChange={setToken}
        hint="The first start printed it. It is in the file admin-token of the data folder, unless SPEKA_ADMIN_TOKEN sets it."
        error={signing.isError ? wordsFor(signing.error) : undefined}
      />
      <Button type="submit" kind="primary" busy={signing.isPending}>
        Sign in
      </Button>
    </form>
  )
}

interface ByProvidersProps {
  readonly links: Site['sign_in_links']
  readonly back: string
}

/** Links of the server's own, and none of the router: each leads to a provider, and from there back. */
const ByProviders = ({ links, back }: ByProvidersProps): React.JSX.Element => (
  <div className="flex flex-col gap-3">
    {links.map(({ name, href }) => (
      <a key={href} href={`${href}?${backToConsole(back)}`} className={buttonClass()}>
        Sign in with {name}
      </a>
    ))}
  </div>
)

const backToConsole = (back: string): string => `back=${encodeURIComponent(`/console${back}`)}`

const ByMail = ({ back }: { readonly back: string }): React.JSX.Element => (
  <div className="flex flex-col gap-4 rounded-lg border border-line bg-surface p-5">
    <p>Members of an account sign in by a code that comes by e-mail.</p>
    <a href={`/login?${backToConsole(back)}`} className={buttonClass('primary')}>
      Sign in
    </a>
  </div>
)
