/** By which column, and which way: `cost` or `-cost`. */
export interface Sorting {
  readonly id: string
  readonly desc: boolean
}

export const readSorting = (said: string | undefined): Sorting[] =>
  said === undefined || said === '' ? [] : [{ id: said.replace(/^-/, ''), desc: said.startsWith('-') }]

export const writeSorting = ([first]: readonly Sorting[]): string | undefined =>
  first === undefined ? undefined : `${first.desc ? '-' : ''}${first.id}`
