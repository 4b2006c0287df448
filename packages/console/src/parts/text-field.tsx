import { useId, type InputHTMLAttributes } from 'react'

interface TextFieldProps extends Omit<InputHTMLAttributes<HTMLInputElement>, 'onChange' | 'value'> {
  readonly label: string
  readonly value: string
  readonly onChange: (value: string) => void
  /** What it is for, where the label does not say. */
  readonly hint?: string | undefined
  /** What is wrong with it. */
  readonly error?: string | undefined
}

/** A field of a form, with what is wrong with it beneath. */
export function TextField({ label, value, onChange, hint, error, ...rest }: TextFieldProps): React.JSX.Element {
  const id = useId()
  const note = error ?? hint
  return (
    <div className="flex flex-col gap-1">
      <label htmlFor={id} className="text-xs font-medium text-quiet">
        {label}
      </label>
      <input
        {...rest}
        id={id}
        value={value}
        onChange={(event) => onChange(event.target.value)}
        aria-invalid={error !== undefined}
        aria-describedby={note === undefined ? undefined : `${id}-note`}
        className={`h-8 min-w-0 rounded-md border bg-surface px-2 ${error === undefined ? 'border-line' : 'border-bad'}`}
      />
      {note === undefined ? null : (
        <p id={`${id}-note`} className={`text-xs ${error === undefined ? 'text-quiet' : 'text-bad'}`}>
          {note}
        </p>
      )}
    </div>
  )
}
