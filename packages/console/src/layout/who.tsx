import { useMutation, useQueryClient } from '@tanstack/react-query'
import { Link, useRouter } from '@tanstack/react-router'
import { Button } from '../parts/button.tsx'
import { ConfirmDialog } from '../parts/confirm-dialog.tsx'
import { signOut, useSession } from '../session.ts'
import { ThemeSwitch } from './theme-switch.tsx'

/** Who is signed in, and the way out. */
export function Who(): React.JSX.Element {
  const session = useSession()
  const { account, member, role } = session
  const queries = useQueryClient()
  const router = useRouter()
  const leaving = useMutation({
    mutationFn: (everywhere: boolean) => signOut(session, everywhere),
    async onSuccess() {
      queries.clear()
      await router.navigate({ to: '/sign-in' })
    },
  })
  return (
    <div className="flex flex-col gap-3 border-t border-line pt-4">
      <p className="px-1 text-quiet">
        {account === null ? (
          'Signed in as the operator'
        ) : (
          <>
            {member?.email ?? 'A token'} is {role} of <span className="font-medium text-ink">{account.name}</span>
          </>
        )}
      </p>
      {member === null ? null : (
        <Link to="/passkeys" className="px-1 text-accent underline">
          Passkeys
        </Link>
      )}
      <ThemeSwitch />
      <Button onClick={() => leaving.mutate(false)} busy={leaving.isPending}>
        Sign out
      </Button>
      <ConfirmDialog
        action="Sign out everywhere"
        title={member === null ? 'Sign this operator out everywhere?' : `Sign ${member.email} out everywhere?`}
        onConfirm={() => leaving.mutateAsync(true)}
        kind="plain"
      >
        Every browser that is signed in like this one is signed out with it. Keys and tokens go on.
      </ConfirmDialog>
    </div>
  )
}
