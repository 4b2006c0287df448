/** What a form holds: texts, lists and more forms. */
export type FormValue = string | { [name: string]: FormValue }
export type Form = { [name: string]: FormValue }

/** Reads a form as Stripe takes it: `metadata[speka_account]=acc_1`, `line_items[0][quantity]=1`. */
export function readForm(text: string): Form {
  const form: Form = {}
  for (const [name, value] of new URLSearchParams(text)) {
    const path = [name.replace(/\[.*/, ''), ...[...name.matchAll(/\[([^\]]*)\]/g)].map(([, part = '']) => part)]
    let at = form
    for (const part of path.slice(0, -1)) {
      const there = at[part]
      const next: Form = typeof there === 'object' ? there : {}
      at[part] = next
      at = next
    }
    at[path.at(-1) ?? ''] = value
  }
  return form
}

export const textIn = (form: Form, name: string): string | undefined => {
  const value = form[name]
  return typeof value === 'string' ? value : undefined
}

/** A form within a form, whose values are texts. */
export function textsIn(form: Form, name: string): Record<string, string> {
  const value = form[name]
  return typeof value === 'object'
    ? Object.fromEntries(Object.entries(value).map(([key, inner]) => [key, String(inner)]))
    : {}
}
