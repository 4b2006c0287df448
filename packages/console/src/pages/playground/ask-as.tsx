import { useAccount } from '../../account-filter.ts'
import { Filters } from '../../parts/filters.tsx'
import { Select } from '../../parts/select.tsx'

/** A key to choose. */
export interface KeyToAskWith {
  readonly id: string
  readonly name: string
  readonly mode: 'live' | 'test'
}

interface AskAsProps {
  readonly keys: readonly KeyToAskWith[]
  readonly value: string
  /** What it is without a choice. */
  readonly usual: string
  readonly onChange: (key: string) => void
}

/** Which key something is asked with: its models, its limits, its account. An operator may say of which account. */
export function AskAs({ keys, value, usual, onChange }: AskAsProps): React.JSX.Element {
  const { filters } = useAccount()
  const isKnown = value === '' || keys.some(({ id }) => id === value)
  return (
    <div className="flex flex-col gap-3">
      {filters.length === 0 ? null : <Filters filters={filters} />}
      <Select
        label="As the key"
        value={value}
        options={[
          { value: '', text: usual },
          ...(isKnown ? [] : [{ value, text: value }]),
          ...keys.map(({ id, name, mode }) => ({ value: id, text: mode === 'test' ? `${name} (test)` : name })),
        ]}
        onChange={onChange}
      />
    </div>
  )
}
