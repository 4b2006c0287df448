import { useState } from 'react'
import { answerOf, api } from '../../api/client.ts'
import { ifSeen, type Key } from '../../api/lists.ts'
import { ConfirmChange } from '../../parts/confirm-change.tsx'
import { FormDialog } from '../../parts/form-dialog.tsx'
import { SecretOnce } from '../../parts/secret-once.tsx'
import { Select } from '../../parts/select.tsx'
import { Snippets } from '../../parts/snippets.tsx'
import { TextField } from '../../parts/text-field.tsx'
import { useMay, useSession } from '../../session.ts'

/** Where callers reach the gateway, as far as this page knows. */
function useBaseUrl(): string {
  const { listener, site } = useSession()
  return `${site.public_url ?? (listener === 'gateway' ? globalThis.location.origin : 'http://127.0.0.1:7735')}/v1`
}

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

/** Words with commas between; nothing at all is `undefined`. */
const wordsIn = (text: string): string[] | undefined => {
  const words = text.split(',').flatMap((word) => word.trim() || [])
  return words.length === 0 ? undefined : words
}

interface CreateKeyProps {
  readonly account: string | undefined
  readonly teams: readonly { readonly id: string; readonly name: string }[]
  readonly onMade: (made: MadeKey) => void
}

const windows = ['day', 'week', 'month', 'lifetime'] as const

export function CreateKey({ account, teams, onMade }: CreateKeyProps): React.JSX.Element {
  const empty = { name: '', mode: 'live', team: '', environment: '', models: '', usd: '', window: 'month', expires: '' }
  const [form, setForm] = useState(empty)
  const set = (field: keyof typeof empty) => (value: string) => setForm((before) => ({ ...before, [field]: value }))
  const mayLimit = useMay('limits.write')
  const submit = async (): Promise<void> => {
    const window = windows.find((each) => each === form.window) ?? 'month'
    const made = await answerOf(
      api.POST('/api/v1/keys', {
        body: {
          name: form.name,
          mode: form.mode === 'test' ? 'test' : 'live',
          ...(account !== undefined && { account }),
          ...(form.team !== '' && { team: form.team }),
          ...(form.environment !== '' && { environment: form.environment }),
          ...(wordsIn(form.models) !== undefined && { models: wordsIn(form.models) ?? [] }),
          ...(form.usd !== '' && { limits: { usd: form.usd, window } }),
          ...(form.expires !== '' && { expires_at: new Date(form.expires).toISOString() }),
        },
      }),
    )
    onMade({ name: made.name, secret: made.key })
  }
  return (
    <FormDialog action="Create key" title="Create a key" kind="primary" onOpen={() => setForm(empty)} onSubmit={submit}>
      <TextField
        label="Name"
        value={form.name}
        onChange={set('name')}
        required
        hint="What it is for: a program, a person."
      />
      <Select
        label="Mode"
        value={form.mode}
        options={[
          { value: 'live', text: 'live' },
          { value: 'test', text: 'test: reaches only the sandbox' },
        ]}
        onChange={set('mode')}
      />
      <Select
        label="Team"
        value={form.team}
        options={[{ value: '', text: 'None' }, ...teams.map(({ id, name }) => ({ value: id, text: name }))]}
        onChange={set('team')}
      />
      <TextField
        label="Environment"
        value={form.environment}
        onChange={set('environment')}
        hint="Such as production. Empty: none."
      />
      <TextField
        label="Models"
        value={form.models}
        onChange={set('models')}
        hint="With commas, such as meta/*, openai/gpt-oss-120b. Empty: all."
      />
      {mayLimit ? (
        <>
          <TextField
            label="Limit (USD)"
            inputMode="decimal"
            value={form.usd}
            onChange={set('usd')}
            hint="Empty: as much as its account."
          />
          <Select
            label="In each"
            value={form.window}
            options={windows.map((value) => ({ value, text: value }))}
            onChange={set('window')}
          />
        </>
      ) : null}
      <TextField
        label="Expires"
        type="datetime-local"
        value={form.expires}
        onChange={set('expires')}
        hint="Empty: never."
      />
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

function EditKey({ of: key }: { readonly of: Key }): React.JSX.Element {
  const seen = { name: key.name, environment: key.environment ?? '', models: key.models?.join(', ') ?? '' }
  const [form, setForm] = useState(seen)
  const [revision, setRevision] = useState(key.revision)
  const set = (field: keyof typeof seen) => (value: string) => setForm((before) => ({ ...before, [field]: value }))
  return (
    <FormDialog
      action="Edit"
      title={`Edit the key "${key.name}"`}
      submit="Save"
      onOpen={() => {
        setForm(seen)
        setRevision(key.revision)
      }}
      onSubmit={async () => {
        await api.PATCH('/api/v1/keys/{id}', {
          params: { path: { id: key.id }, header: ifSeen(revision) },
          body: {
            name: form.name,
            environment: form.environment === '' ? null : form.environment,
            models: wordsIn(form.models) ?? null,
          },
        })
      }}
    >
      <TextField label="Name" value={form.name} onChange={set('name')} required />
      <TextField label="Environment" value={form.environment} onChange={set('environment')} hint="Empty: none." />
      <TextField label="Models" value={form.models} onChange={set('models')} hint="With commas. Empty: all." />
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
