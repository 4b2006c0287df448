import { useEffect, useId, useState } from 'react'
import { useQuery } from '@tanstack/react-query'
import { useAddress } from '../address.ts'
import { Select } from './select.tsx'
import { TextField } from './text-field.tsx'

/** Something that a filter may be set to: what the address says, and what it is called. */
export interface Suggestion {
  readonly value: string
  readonly text: string
}

/** How suggestions are read, and where they are kept. */
export interface SuggestionsQuery {
  readonly queryKey: readonly unknown[]
  readonly queryFn: () => Promise<readonly Suggestion[]>
}

/** A filter: its name in the address, and in the query of the API. */
export interface Filter {
  readonly name: string
  readonly label: string
  /** What there is to choose from. Default: any text. */
  readonly options?: readonly string[] | undefined
  /** What an empty choice is called. Default: Any. */
  readonly any?: string | undefined
  /** What any text is likely to be, asked for once somebody is about to type. Default: nobody knows. */
  readonly suggest?: SuggestionsQuery | undefined
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
      {filters.map(({ name, label, options, any = 'Any', type = 'text', suggest }) =>
        options === undefined ? (
          <TypedFilter
            key={name}
            label={label}
            type={type}
            suggest={suggest}
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
  readonly suggest: SuggestionsQuery | undefined
  readonly value: string
  readonly onChange: (value: string) => void
}

/** Asks once somebody has stopped typing. */
function TypedFilter({ label, type, suggest, value, onChange }: TypedFilterProps): React.JSX.Element {
  const listId = useId()
  const [isWanted, setWanted] = useState(false)
  const { data: suggestions = [] } = useQuery({
    queryKey: ['suggestions', ...(suggest?.queryKey ?? [])],
    queryFn: suggest?.queryFn ?? (async () => []),
    enabled: isWanted && suggest !== undefined,
    staleTime: 60_000,
  })
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
  if (suggest === undefined) return <TextField label={label} type={type} value={typed} onChange={setTyped} />
  return (
    <>
      <TextField
        label={label}
        type={type}
        value={typed}
        onChange={setTyped}
        onFocus={() => setWanted(true)}
        list={listId}
        autoComplete="off"
      />
      <datalist id={listId}>
        {suggestions.map((one) => (
          <option key={one.value} value={one.value} label={one.text} />
        ))}
      </datalist>
    </>
  )
}
