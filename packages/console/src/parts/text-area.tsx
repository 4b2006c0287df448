import { useId } from 'react'

interface TextAreaProps {
  readonly label: string
  readonly value: string
  readonly onChange: (value: string) => void
  /** Default: 3. */
  readonly rows?: number | undefined
  readonly placeholder?: string | undefined
  /** Whether what is typed is code. Default: no. */
  readonly code?: boolean | undefined
  /** What is wrong with it. */
  readonly error?: string | undefined
}

/** A field of a form for several lines, with what is wrong with it beneath. */
export function TextArea({ label, value, onChange, rows = 3, placeholder, code = false, error }: TextAreaProps) {
  const id = useId()
  return (
    <div className="flex flex-col gap-1">
      <label htmlFor={id} className="text-xs font-medium text-quiet">
        {label}
      </label>
      <textarea
        id={id}
        rows={rows}
        value={value}
        placeholder={placeholder}
        spellCheck={!code}
        onChange={(event) => onChange(event.target.value)}
        aria-invalid={error !== undefined}
        aria-describedby={error === undefined ? undefined : `${id}-note`}
        className={`min-w-0 resize-y rounded-md border bg-surface px-2 py-1.5 ${code ? 'font-mono text-xs' : ''} ${error === undefined ? 'border-line' : 'border-bad'}`}
      />
      {error === undefined ? null : (
        <p id={`${id}-note`} className="text-xs text-bad">
          {error}
        </p>
      )}
    </div>
  )
}
