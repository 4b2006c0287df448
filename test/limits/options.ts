import { parseArgs } from 'node:util'

export const parts = ['budgets', 'disturbed', 'rates', 'others', 'customers', 'control'] as const

export type PartName = (typeof parts)[number]

/** What the command line asks for. */
export interface Options {
  /** How many budgets are spent without any trouble, and how many in each kind of trouble. */
  readonly runs: number
  readonly disturbed: number
  /** How many ask at once on each budget. */
  readonly requests: number
  /** For how long rates are asked for, in s: up to a minute nothing can be admitted twice. */
  readonly seconds: number
  readonly rpm: readonly number[]
  /** Judges rates by what is certain on a busy machine, where a request may arrive long after it was admitted. */
  readonly busy: boolean
  readonly seed: number
  readonly only: readonly PartName[]
  readonly help: boolean
}

export const usage = `npm run test:limits -- [OPTIONS]

  --runs N        budgets that are spent in peace (20)
  --disturbed N   budgets in each kind of trouble: stops, kills, cut lines, caps that move (2)
  --requests N    requests at once on each budget (1500)
  --seconds S     how long rates are asked for (75)
  --rpm N         a rate; may be repeated (10, 60, 300, 1200)
  --busy          for a machine that is busy: rates are judged by what is certain
  --only NAME     only budgets, disturbed, rates, others, customers or control; may be repeated
  --seed N        for other requests and caps (7735)
  --help          this text

Everything stays on 127.0.0.1. Ends with 1 when a budget or a rate is exceeded, when somebody is refused who need not be,
and when the control exceeds nothing.
`

/** @throws Error when an option is not known, or a number is none. */
export function readOptions(args: readonly string[]): Options {
  const { values: given } = parseArgs({
    args: [...args],
    options: {
      runs: { type: 'string', default: '20' },
      disturbed: { type: 'string', default: '2' },
      requests: { type: 'string', default: '1500' },
      seconds: { type: 'string', default: '75' },
      rpm: { type: 'string', multiple: true, default: ['10', '60', '300', '1200'] },
      busy: { type: 'boolean', default: false },
      only: { type: 'string', multiple: true, default: [...parts] },
      seed: { type: 'string', default: '7735' },
      help: { type: 'boolean', default: false },
    },
  })
  const only = given.only.map((name) => {
    const part = parts.find((known) => known === name)
    if (part === undefined) throw new Error(`--only takes ${parts.join(', ')}, not "${name}".`)
    return part
  })
  return {
    runs: number('runs', given.runs, 1, 1000),
    disturbed: number('disturbed', given.disturbed, 1, 100),
    requests: number('requests', given.requests, 10, 5000),
    seconds: number('seconds', given.seconds, 5, 600),
    rpm: given.rpm.map((rpm) => number('rpm', rpm, 1, 3000)),
    busy: given.busy,
    seed: number('seed', given.seed, 0, 2 ** 32),
    only,
    help: given.help,
  }
}

function number(name: string, text: string, least: number, most: number): number {
  const value = Number(text)
  if (Number.isInteger(value) && value >= least && value <= most) return value
  throw new Error(`--${name} must be a whole number from ${least} to ${most}, not "${text}".`)
}
