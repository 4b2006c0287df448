import type { ButtonHTMLAttributes } from 'react'

const kinds = {
  usual: 'border-line bg-surface hover:bg-raised',
  primary: 'border-accent bg-accent text-accent-ink hover:opacity-90',
  danger: 'border-bad bg-surface text-bad hover:bg-bad-soft',
} as const

interface ButtonProps extends ButtonHTMLAttributes<HTMLButtonElement> {
  /** Default: usual. */
  readonly kind?: keyof typeof kinds
  /** What it began is under way: it cannot be pressed again meanwhile. */
  readonly busy?: boolean
}

export const buttonClass = (kind: keyof typeof kinds = 'usual'): string =>
  `inline-flex items-center justify-center gap-2 rounded-md border px-3 py-1.5 font-medium disabled:opacity-60 ${kinds[kind]}`

export const Button = ({ kind, busy = false, disabled, ...rest }: ButtonProps): React.JSX.Element => (
  <button type="button" {...rest} className={buttonClass(kind)} disabled={disabled === true || busy} aria-busy={busy} />
)
