/** A place in an answer: names of fields, and places in lists. */
export type Path = readonly (string | number)[]

/** What is new at one place of an answer. */
export type Change = readonly [at: Path, value: unknown]

/**
 * What makes one answer of another: values at places. Where fields come or go, or a list has another length, the whole of it
 * is new.
 */
export function changesBetween(before: unknown, after: unknown): Change[] {
  const changes: Change[] = []
  compare(before, after, [], changes)
  return changes
}

function compare(before: unknown, after: unknown, at: Path, changes: Change[]): void {
  if (before === after) return
  if (Array.isArray(before) && Array.isArray(after) && before.length === after.length) {
    for (const [index, value] of after.entries()) compare(before[index], value, [...at, index], changes)
  } else if (isObject(before) && isObject(after) && haveSameFields(before, after)) {
    for (const [name, value] of Object.entries(after)) compare(before[name], value, [...at, name], changes)
  } else changes.push([at, after])
}

type Fields = Readonly<Record<string, unknown>>

const isObject = (value: unknown): value is Fields =>
  typeof value === 'object' && value !== null && !Array.isArray(value)

function haveSameFields(before: Fields, after: Fields): boolean {
  const names = Object.keys(after)
  return names.length === Object.keys(before).length && names.every((name) => Object.hasOwn(before, name))
}
