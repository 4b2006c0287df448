import { useId } from 'react'

interface CheckboxGroupProps<Option extends string> {
  readonly label: string
  readonly hint?: string | undefined
  readonly options: readonly Option[]
  readonly chosen: readonly Option[]
  /** Told what is chosen now, in the order of the options. */
  readonly onChange: (chosen: Option[]) => void
}

/** Several of a few. */
export function CheckboxGroup<Option extends string>(props: CheckboxGroupProps<Option>): React.JSX.Element {
  const { label, hint, options, chosen, onChange } = props
  const id = useId()
  return (
    <div role="group" aria-labelledby={id} className="flex flex-col gap-1">
      <span id={id} className="text-xs font-medium text-quiet">
        {label}
      </span>
      <div className="flex flex-wrap gap-x-4 gap-y-1">
        {options.map((option) => (
          <label key={option} className="flex items-center gap-1.5">
            <input
              type="checkbox"
              checked={chosen.includes(option)}
              onChange={({ target }) =>
                onChange(options.filter((one) => (one === option ? target.checked : chosen.includes(one))))
              }
            />
            {option}
          </label>
        ))}
      </div>
      {hint === undefined ? null : <p className="text-xs text-quiet">{hint}</p>}
    </div>
  )
}
