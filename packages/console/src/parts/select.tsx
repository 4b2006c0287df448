interface Option {
  readonly value: string
  readonly text: string
}

interface SelectProps {
  readonly label: string
  readonly value: string
  readonly options: readonly Option[]
  readonly onChange: (value: string) => void
}

/** One of a few, by the browser's own list: it works with a keyboard, a thumb and a screen reader alike. */
export const Select = ({ label, value, options, onChange }: SelectProps): React.JSX.Element => (
  <label className="flex flex-col gap-1 text-xs font-medium text-quiet">
    {label}
    <select
      value={value}
      onChange={(event) => onChange(event.target.value)}
      className="h-8 rounded-md border border-line bg-surface px-2 text-sm font-normal text-ink"
    >
      {options.map((option) => (
        <option key={option.value} value={option.value}>
          {option.text}
        </option>
      ))}
    </select>
  </label>
)
