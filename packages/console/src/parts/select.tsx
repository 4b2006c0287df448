interface SelectProps<Value extends string> {
  readonly label: string
  readonly value: Value
  readonly options: readonly { readonly value: Value; readonly text: string }[]
  readonly onChange: (value: Value) => void
}

/** One of a few, by the browser's own list: it works with a keyboard, a thumb and a screen reader alike. */
export const Select = <Value extends string>({ label, value, options, onChange }: SelectProps<Value>) => (
  <label className="flex flex-col gap-1 text-xs font-medium text-quiet">
    {label}
    <select
      value={value}
      onChange={({ target }) => {
        const chosen = options.find((option) => option.value === target.value)
        if (chosen !== undefined) onChange(chosen.value)
      }}
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
