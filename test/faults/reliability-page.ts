import { errorTable } from '@speka/core/internal'
import { groups } from './catalogue.ts'
import { ways, type FaultCase, type FaultRow, type Way } from './fault-row.ts'
import { callers, overTime, pains, type Promised } from './proofs.ts'
import { tableOf } from '../support/markdown-table.ts'

/** The page, as seen from the root of the repository. */
export const PAGE = 'docs/reliability.md'

/** Puts fresh tables into the page's text, each between a comment that names it and the next comment. */
export function withTables(page: string): string {
  return page.replace(
    /(<!-- table: ([\w ]+) -->\n)[^]*?(<!-- end -->)/g,
    (_, begin: string, name: string, end: string) => `${begin}\n${tables[name]?.() ?? ''}\n${end}`,
  )
}

const tables: Readonly<Record<string, () => string>> = {
  upstreams: () =>
    tableOf(
      ['fault', 'what goes wrong', 'what the caller sees', 'proven by'],
      Object.entries(groups)
        .flatMap(([file, rows]) => rows.map((row) => [row.id, row.fault, seenIn(row), casesIn(row, file)]))
        .concat(overTime.map(asRow))
        .toSorted(([a = ''], [b = '']) => a.localeCompare(b)),
    ),
  callers: () => tableOf(['case', 'what comes', 'what comes of it', 'proven by'], callers.map(asRow)),
  pains: () => tableOf(['no.', 'the complaint', 'here', 'proven by'], pains.map(asRow)),
}

const asRow = ({ id, fault, sees, proofs }: Promised): string[] => [
  id,
  fault,
  sees,
  [...new Set(proofs.map(({ file }) => file))].map(link).join(', '),
]

const casesIn = ({ cases }: FaultRow, file: string): string => `${link(`test/faults/${file}`)}, ${cases.length} cases`

const link = (file: string): string => `[${file.replace(/^test\/(?:faults\/(?:rows\/)?)?/, '')}](../${file})`

/** What callers see of a fault, each thing once, and when. */
function seenIn({ cases }: FaultRow): string {
  const seen = new Map<string, Set<Way>>()
  for (const one of cases) {
    const words = described(one)
    seen.set(words, (seen.get(words) ?? new Set()).add(one.way))
  }
  const inAll = new Set(cases.map(({ way }) => way)).size
  return [...seen]
    .map(([words, inWays]) => {
      const only = inWays.size < inAll ? ways.find((way) => inWays.has(way)) : undefined
      return only === undefined ? words : `${only}: ${words}`
    })
    .join('; ')
}

function described({ sees, place }: FaultCase): string {
  switch (sees.kind) {
    case 'answer':
      return 'the answer, whole'
    case 'another':
      return place === 'twice' ? 'the third target’s answer' : 'another target’s answer'
    case 'error':
      return `${errorTable[sees.code].status} \`${sees.code}\`${when(place)}`
    case 'broken':
      return `after output: what came, then an \`error\` event \`${sees.code}\``
  }
}

const when = (place: FaultCase['place']): string =>
  place === 'last' ? ' at the last target' : place === 'twice' ? ' at the second try that may be billed' : ' at once'
