import { useState } from 'react'
import { answerOf, api } from '../../api/client.ts'
import { ifSeen, type Limit } from '../../api/lists.ts'
import { FormDialog } from '../../parts/form-dialog.tsx'
import { Select } from '../../parts/select.tsx'
import { TextField } from '../../parts/text-field.tsx'
import { useSession } from '../../session.ts'
import {
  emptyLimit,
  formOfLimit,
  limitBody,
  reached,
  rules,
  subjectInWords,
  subjectKinds,
  windows,
  type LimitForm,
  type Subject,
} from './limit-form.ts'
import { SubjectField } from './subject-field.tsx'

interface SetLimitProps {
  /** Whose. Default: one's own. */
  readonly account: string | undefined
  /** Whom it is about, where the page says so already. Default: that is chosen. */
  readonly subject?: Subject | undefined
  /** Default: `Set limit`. */
  readonly action?: string | undefined
  readonly kind?: 'usual' | 'primary' | undefined
}

/** Sets a limit. One that counts the same requests the same way gets the new amount. */
export function SetLimit({ account, subject, action = 'Set limit', kind = 'usual' }: SetLimitProps): React.JSX.Element {
  const begin = emptyLimit(subject ?? { kind: 'key', id: '' })
  const [form, setForm] = useState(begin)
  const own = useSession().account?.id ?? 'default'
  const change = (changed: Partial<LimitForm>): void => setForm((before) => ({ ...before, ...changed }))
  return (
    <FormDialog
      action={action}
      title={subject === undefined ? 'Set a limit' : `Set a limit for ${subjectInWords(subject, undefined)}`}
      submit="Set limit"
      kind={kind}
      onOpen={() => setForm(begin)}
      onSubmit={() => answerOf(api.POST('/api/v1/limits', { body: limitBody(form, account) }))}
    >
      {subject === undefined ? (
        <>
          <Select
            label="Whose requests"
            value={form.kind}
            options={subjectKinds.map((value) => ({ value, text: value }))}
            onChange={(chosen) => change({ kind: chosen, id: '' })}
          />
          {form.kind === 'account' ? null : (
            <SubjectField kind={form.kind} value={form.id} account={account ?? own} onChange={(id) => change({ id })} />
          )}
        </>
      ) : null}
      <Select
        label="What is limited"
        value={form.rule}
        options={optionsOf(rules)}
        onChange={(rule) => change({ rule })}
      />
      {form.rule === 'usd' ? (
        <Select
          label="In each"
          value={form.window}
          options={windows.map((value) => ({ value, text: value }))}
          onChange={(window) => change({ window })}
        />
      ) : null}
      <TextField
        label="Models"
        value={form.models}
        onChange={(models) => change({ models })}
        hint="A pattern such as meta/*. Empty: all."
      />
      <Terms form={form} change={change} />
    </FormDialog>
  )
}

/** Changes how much a limit is, and what happens then. What it counts is what it is: another is another limit. */
export function EditLimit({ of: limit }: { readonly of: Limit }): React.JSX.Element {
  const [form, setForm] = useState(() => formOfLimit(limit))
  const [revision, setRevision] = useState(limit.revision)
  return (
    <FormDialog
      action="Edit"
      title={`Edit the limit on ${subjectInWords(form, limit.account)}`}
      submit="Save"
      onOpen={() => {
        setForm(formOfLimit(limit))
        setRevision(limit.revision)
      }}
      onSubmit={() =>
        answerOf(
          api.POST('/api/v1/limits', {
            params: { header: ifSeen(revision) },
            body: limitBody(form, limit.account),
          }),
        )
      }
    >
      <p className="text-quiet">
        It counts {rules[form.rule]}
        {form.rule === 'usd' ? (form.window === 'lifetime' ? ' in all' : ` a ${form.window}`) : ''}
        {limit.models === null ? '' : `, of ${limit.models}`}. To count otherwise, set another limit and remove this
        one.
      </p>
      <Terms form={form} change={(changed) => setForm((before) => ({ ...before, ...changed }))} />
    </FormDialog>
  )
}

interface TermsProps {
  readonly form: LimitForm
  readonly change: (change: Partial<LimitForm>) => void
}

/** How much, and what happens then. */
function Terms({ form, change }: TermsProps): React.JSX.Element {
  return (
    <>
      <TextField
        label={form.rule === 'usd' ? 'How much (USD)' : `How many ${rules[form.rule]}`}
        inputMode={form.rule === 'usd' ? 'decimal' : 'numeric'}
        value={form.amount}
        onChange={(amount) => change({ amount })}
        required
      />
      {form.rule === 'usd' ? (
        <Select
          label="When it is reached"
          value={form.onReached}
          options={optionsOf(reached)}
          onChange={(onReached) => change({ onReached })}
        />
      ) : (
        <p className="text-xs text-quiet">Requests beyond it are refused.</p>
      )}
      {form.rule === 'usd' && form.onReached === 'fallback' ? (
        <TextField
          label="Models to ask instead"
          value={form.fallback}
          onChange={(fallback) => change({ fallback })}
          required
          hint="In order, with commas, such as openai/gpt-oss-20b, meta/llama-3.1-8b-instruct."
        />
      ) : null}
    </>
  )
}

const optionsOf = <Word extends string>(words: Readonly<Record<Word, string>>) =>
  (Object.keys(words) as Word[]).map((value) => ({ value, text: words[value] }))
