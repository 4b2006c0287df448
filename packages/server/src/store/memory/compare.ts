/** By code units, as a database that knows no language sorts. */
export const compare = (a: string, b: string): number => (a < b ? -1 : Number(a > b))
