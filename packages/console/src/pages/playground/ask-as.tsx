import { useQuery } from '@tanstack/react-query'
import { useAccount } from '../../account-filter.ts'
import { lists } from '../../api/lists.ts'
import { Filters } from '../../parts/filters.tsx'
import { Select } from '../../parts/select.tsx'

interface AskAsProps {
  readonly value: string
  /** What it is without a choice. */
  readonly usual: string
  readonly onChange: (key: string) => void
}

/** Which key something is asked with: its models, its limits, its account. An operator may say of which account. */
export function AskAs({ value, usual, onChange }: AskAsProps): React.JSX.Element {
  const { account, filters } = useAccount()
  const { data = [] } = useQuery(lists.keys(account))
  const keys = data.filter(({ status }) => status === 'active')
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
