import { useState } from 'react'
import { answerOf, api } from '../../api/client.ts'
import { ifSeen, type Key } from '../../api/lists.ts'
import { ConfirmChange } from '../../parts/confirm-change.tsx'
import { FormDialog } from '../../parts/form-dialog.tsx'
import { SecretOnce } from '../../parts/secret-once.tsx'
import { Select } from '../../parts/select.tsx'
import { Snippets } from '../../parts/snippets.tsx'
import { TextField } from '../../parts/text-field.tsx'
import { useBaseUrl, useSession } from '../../session.ts'
import { KeyFields } from './key-fields.tsx'
import { emptyForm, formOf, keyChanges, moneyWindows, newKeyBody, type KeyForm } from './key-form.ts'

/** What of a key that was just made is shown. */
export interface MadeKey {
  readonly name: string
  readonly secret: string
}

/** A key that was just made, as nobody sees it again, and how to use it. */
export function NewKey({ name, secret }: MadeKey): React.JSX.Element {
  const baseUrl = useBaseUrl()
  return (
    <div className="flex flex-col gap-4">
      <SecretOnce what={`The key "${name}"`} secret={secret} />
      <Snippets baseUrl={baseUrl} apiKey={secret} model="speka/sandbox" />
    </div>
  )
}

/** The account whose key a form is about, when none is chosen: one's own, which of the operator is the default one. */
function useOwnAccount(): string {
  return useSession().account?.id ?? 'default'
}

interface CreateKeyProps {
  readonly account: string | undefined
  readonly onMade: (made: MadeKey) => void
}

export function CreateKey({ account, onMade }: CreateKeyProps): React.JSX.Element {
  const [form, setForm] = useState(emptyForm)
  const own = useOwnAccount()
  const change = (changed: Partial<KeyForm>): void => setForm((before) => ({ ...before, ...changed }))
  return (
    <FormDialog
      action="Create key"
      title="Create a key"
      kind="primary"
      onOpen={() => setForm(emptyForm)}
      onSubmit={async () => {
        const made = await answerOf(api.POST('/api/v1/keys', { body: newKeyBody(form, account) }))
        onMade({ name: made.name, secret: made.key })
      }}
    >
      <Select
        label="Mode"
        value={form.mode}
        options={[
          { value: 'live', text: 'live' },
          { value: 'test', text: 'test: reaches only the sandbox' },
        ]}
        onChange={(mode) => change({ mode })}
      />
      <KeyFields form={form} change={change} account={account ?? own} moneyWindows={0} />
    </FormDialog>
  )
}

interface KeyActionsProps {
  readonly of: Key
  readonly onMade: (made: MadeKey) => void
}

/** What can be done with a key that works. */
export function KeyActions({ of: key, onMade }: KeyActionsProps): React.JSX.Element | null {
  const { id, name, status, replaced_by } = key
  if (status !== 'active') return null
  return (
    <div className="flex gap-2">
      <EditKey of={key} />
      {replaced_by === null ? <RotateKey of={key} onMade={onMade} /> : null}
      <ConfirmChange
        action="Revoke"
        title={`Revoke the key "${name}"?`}
        done={`The key "${name}" is revoked.`}
        run={() =>
          answerOf(api.DELETE('/api/v1/keys/{id}', { params: { path: { id }, header: ifSeen(key.revision) } }))
        }
      >
        Programs that call with it are refused from their next request on. It cannot be brought back.
      </ConfirmChange>
    </div>
  )
}

function EditKey({ of: key }: Pick<KeyActionsProps, 'of'>): React.JSX.Element {
  // As it was when the form was opened: what somebody else changes meanwhile is refused, and not undone.
  const [seen, setSeen] = useState(key)
  const [form, setForm] = useState(() => formOf(key))
  return (
    <FormDialog
      action="Edit"
      title={`Edit the key "${key.name}"`}
      submit="Save"
      onOpen={() => {
        setSeen(key)
        setForm(formOf(key))
      }}
      onSubmit={() =>
        answerOf(
          api.PATCH('/api/v1/keys/{id}', {
            params: { path: { id: key.id }, header: ifSeen(seen.revision) },
            body: keyChanges(formOf(seen), form),
          }),
        )
      }
    >
      <KeyFields
        form={form}
        change={(changed) => setForm((before) => ({ ...before, ...changed }))}
        account={key.account}

        moneyWindows={moneyWindows(seen)}
      />
    </FormDialog>
  )
}

function RotateKey({ of: key, onMade }: KeyActionsProps): React.JSX.Element {
  const [grace, setGrace] = useState('24h')
  return (
    <FormDialog
      action="Rotate"
      title={`Replace the key "${key.name}" by a new one`}
      submit="Replace"
      onOpen={() => setGrace('24h')}
      onSubmit={async () => {
        const made = await answerOf(
          api.POST('/api/v1/keys/{id}/rotate', {
            params: { path: { id: key.id }, header: ifSeen(key.revision) },
            body: grace === '' ? {} : { grace },
          }),
        )
        onMade({ name: made.name, secret: made.key })
      }}
    >
      <TextField
        label="How long the old key goes on"
        value={grace}
        onChange={setGrace}
        hint="Such as 30m, 24h or 7d. Empty: it stops at once."
      />
    </FormDialog>
  )
}
