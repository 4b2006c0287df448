import { useQuery } from '@tanstack/react-query'
import { lists } from '../../api/lists.ts'
import { Select } from '../../parts/select.tsx'

interface TeamSelectProps {
  readonly value: string
  readonly account: string
  readonly onChange: (team: string) => void
}

/** Asked for when the form is open, and not with each look at the page. */
export function TeamSelect({ value, account, onChange }: TeamSelectProps): React.JSX.Element {
  const { data = [] } = useQuery(lists.teams(account))
  return (
    <Select
      label="Team"
      value={value}
      options={[
        { value: '', text: 'None' },
        ...data.map(({ id, name }) => ({ value: id, text: name })),
        // Until the list is there, what the key has stays chosen.
        ...(value === '' || data.some(({ id }) => id === value) ? [] : [{ value, text: value }]),
      ]}
      onChange={onChange}
    />
  )
}
