import { useEffect, useState } from 'react'
import { useAddress } from '../address.ts'
import { Select } from './select.tsx'
import { TextField } from './text-field.tsx'

/** A filter: its name in the address, and in the query of the API. */
export interface Filter {
  readonly name: string
  readonly label: string
  /** What there is to choose from. Default: any text. */
  readonly options?: readonly string[] | undefined
  /** What an empty choice is called. Default: Any. */
  readonly any?: string | undefined
  /** Default: text. */
  readonly type?: 'text' | 'datetime-local' | undefined
}

const PAUSE_MS = 400

/** The filters of a list, kept in the address. */
export function Filters({ filters }: { readonly filters: readonly Filter[] }): React.JSX.Element {
  const [said, say] = useAddress()
  const used = filters.filter(({ name }) => said[name] !== undefined)
  return (
    <search className="grid grid-cols-2 items-end gap-3 sm:flex sm:flex-wrap" aria-label="Filters">
      {filters.map(({ name, label, options, any = 'Any', type = 'text' }) =>
        options === undefined ? (
          <TypedFilter
            key={name}
            label={label}
            type={type}
            value={said[name] ?? ''}
            onChange={(value) => say({ [name]: value, after: undefined })}
          />
        ) : (
          <Select
            key={name}
            label={label}
            value={said[name] ?? ''}
            options={[{ value: '', text: any }, ...options.map((value) => ({ value, text: value }))]}
            onChange={(value) => say({ [name]: value, after: undefined })}
          />
        ),
      )}
      {used.length === 0 ? null : (
        <button
          type="button"
          className="h-8 rounded-md px-2 text-accent hover:bg-raised"
          onClick={() => say({ after: undefined, ...Object.fromEntries(used.map(({ name }) => [name, undefined])) })}
        >
          Clear filters
        </button>
      )}
    </search>
  )
}

interface TypedFilterProps {
  readonly label: string
  readonly type: 'text' | 'datetime-local'
  readonly value: string
  readonly onChange: (value: string) => void
}

/** Asks once somebody has stopped typing. */
function TypedFilter({ label, type, value, onChange }: TypedFilterProps): React.JSX.Element {
  const [typed, setTyped] = useState(value)
  const [seen, setSeen] = useState(value)
  if (seen !== value) {
    setSeen(value)
    setTyped(value)
  }
  useEffect(() => {
    if (typed === value) return
    const pause = setTimeout(() => onChange(typed.trim()), PAUSE_MS)
    return () => clearTimeout(pause)
  })
  return <TextField label={label} type={type} value={typed} onChange={setTyped} />
}
