import { useQuery } from '@tanstack/react-query'
import { lists } from '../../api/lists.ts'
import { CheckboxGroup } from '../../parts/checkbox-group.tsx'
import { FormSection } from '../../parts/form-section.tsx'
import { Select } from '../../parts/select.tsx'
import { TextField } from '../../parts/text-field.tsx'
import { useMay } from '../../session.ts'
import { TeamSelect } from './team-select.tsx'
import { endpoints, rates, windows, type KeyForm, type Window } from './key-form.ts'

interface KeyFieldsProps {
  readonly form: KeyForm
  readonly change: (change: Partial<KeyForm>) => void
  /** Whose key it is, or will be. */
  readonly account: string
  /** In how many windows it has a limit on money. */
  readonly moneyWindows: number
}

/** What a key is called and may do, the same to make one and to change one. */
export function KeyFields({ form, change, account, moneyWindows }: KeyFieldsProps): React.JSX.Element {
  const mayLimit = useMay('limits.write')
  const text = (field: keyof KeyForm, label: string, hint?: string): React.JSX.Element => (
    <TextField
      label={label}
      value={String(form[field])}
      onChange={(value) => change({ [field]: value })}
      required={field === 'name'}
      hint={hint}
    />
  )
  return (
    <>
      {text('name', 'Name', 'What it is for: a program, a person.')}
      <FormSection title="Whose it is">
        <TeamSelect value={form.team} account={account} onChange={(team) => change({ team })} />
        <MemberSelect value={form.member} account={account} onChange={(member) => change({ member })} />
        {text('environment', 'Environment', 'Such as production. Empty: none.')}
        {text('tags', 'Tags', 'With commas, at most 16. Empty: none.')}
      </FormSection>
      <FormSection title="What it may use">
        {text('models', 'Models', 'With commas, such as meta/*, openai/gpt-oss-120b. Empty: all.')}
        {text('providers', 'Providers', 'With commas. Empty: all.')}
        <CheckboxGroup
          label="Endpoints"
          hint="None chosen: all."
          options={endpoints}
          chosen={form.endpoints}
          onChange={(chosen) => change({ endpoints: chosen })}
        />
      </FormSection>
      {mayLimit ? <KeyLimits form={form} change={change} moneyWindows={moneyWindows} /> : null}
      <TextField
        label="Expires"
        type="datetime-local"
        value={form.expires}
        onChange={(expires) => change({ expires })}
        hint="Empty: never."
      />
    </>
  )
}

/** How much it may use. */
function KeyLimits({ form, change, moneyWindows }: Pick<KeyFieldsProps, 'form' | 'change' | 'moneyWindows'>) {
  return (
    <FormSection title="How much it may use">
      {moneyWindows > 1 ? (
        <p className="text-xs text-quiet">
          It has limits on money in {moneyWindows} windows. They are changed on the page Limits.
        </p>
      ) : (
        <>
          <TextField
            label={moneyWindows === 1 ? `Limit (USD), ${inWindow[form.window]}` : 'Limit (USD)'}
            inputMode="decimal"
            value={form.usd}
            onChange={(usd) => change({ usd })}
            hint="Empty: as much as its account."
          />
          {moneyWindows === 0 ? (
            <Select
              label="In each"
              value={form.window}
              options={windows.map((value) => ({ value, text: value }))}
              onChange={(window) => change({ window })}
            />
          ) : null}
        </>
      )}
      <div className="grid grid-cols-2 gap-3">
        {(['rpm', 'rpd', 'tpm', 'max_parallel'] as const).map((rate) => (
          <TextField
            key={rate}
            label={rates[rate]}
            inputMode="numeric"
            value={form[rate]}
            onChange={(value) => change({ [rate]: value })}
          />
        ))}
      </div>
    </FormSection>
  )
}

/** Over what a limit on money is counted. */
const inWindow: Readonly<Record<Window, string>> = {
  day: 'a day',
  week: 'a week',
  month: 'a month',
  lifetime: 'in all',
}

interface MemberSelectProps {
  readonly value: string
  readonly account: string
  readonly onChange: (member: string) => void
}

/** Asked for when the form is open, and not with each look at the page. */
function MemberSelect({ value, account, onChange }: MemberSelectProps): React.JSX.Element {
  const { data = [] } = useQuery(lists.members(account))
  const there = data.filter(({ status, id }) => status !== 'removed' || id === value)
  return (
    <Select
      label="Member"
      value={value}
      options={[
        { value: '', text: 'Nobody in particular' },
        ...there.map(({ id, email }) => ({ value: id, text: email })),
        // Until the list is there, what the key has stays chosen.
        ...(value === '' || there.some(({ id }) => id === value) ? [] : [{ value, text: value }]),
      ]}
      onChange={onChange}
    />
  )
}
