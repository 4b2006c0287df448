import { explained } from './explained.ts'
import type { Mutant } from './mutants.ts'

export interface Tried {
  readonly part: string
  readonly mutant: Mutant
  /** The test that noticed, if one did. */
  readonly noticed: string | undefined
}

const unnoticed = (tried: readonly Tried[]): Mutant[] =>
  tried.filter(({ noticed }) => noticed === undefined).map(({ mutant }) => mutant)

/** The share that was noticed, and how many of the others have no reason. */
export function summaryOf(tried: readonly Tried[]): { share: number; unexplained: number } {
  const left = unnoticed(tried)
  return {
    share: 1 - left.length / Math.max(1, tried.length),
    unexplained: left.filter((mutant) => reasonFor(mutant) === undefined).length,
  }
}

/** What came of a run: a row for each part, and every mutant that nobody noticed, with its reason. */
export function pageOf(tried: readonly Tried[]): string {
  const parts = Map.groupBy(tried, ({ part }) => part)
  const left = unnoticed(tried).toSorted((a, b) => a.file.localeCompare(b.file) || a.line - b.line)
  return [
    '| part | mutants | noticed | share |',
    '| --- | ---: | ---: | ---: |',
    ...[...parts].map(([part, of]) => row(part, of)),
    row('all', tried),
    '',
    ...left.map((mutant) => {
      const where = `${mutant.file}: ${mutant.name}`.replaceAll('`', "'")
      return `- \`${where}\`: ${reasonFor(mutant) ?? '**not explained**'}`
    }),
    '',
  ].join('\n')
}

const row = (name: string, of: readonly Tried[]): string => {
  const { share } = summaryOf(of)
  return `| ${name} | ${of.length} | ${of.length - unnoticed(of).length} | ${(100 * share).toFixed(1)} % |`
}

/** Why nobody can notice it, or need not, if that is known. */
export const reasonFor = ({ file, name }: Mutant): string | undefined =>
  explained.find((row) => file.endsWith(row.file) && row.names.some((start) => name.startsWith(start)))?.why
