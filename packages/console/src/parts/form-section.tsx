import type { ReactNode } from 'react'

interface FormSectionProps {
  readonly title: string
  readonly children: ReactNode
}

/** Fields of a form that belong together. */
export const FormSection = ({ title, children }: FormSectionProps): React.JSX.Element => (
  <fieldset className="flex min-w-0 flex-col gap-3 border-t border-line pt-3">
    <legend className="pr-2 text-sm font-semibold">{title}</legend>
    {children}
  </fieldset>
)
