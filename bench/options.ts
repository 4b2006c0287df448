import { parseArgs } from 'node:util'

/** What the command line asks for. */
export interface Options {
  readonly quick: boolean
  /** Beginnings of names of scenarios; empty: all. */
  readonly only: readonly string[]
  readonly rounds: number | undefined
  /** How many streams the idle measure opens. */
  readonly idle: number | undefined
  /** Whether the results go into `results.md` and `results.svg`. */
  readonly save: boolean
  readonly help: boolean
}

export const usage = `npm run bench -- [OPTIONS]

  --quick        about a minute, for a first look: two short rounds; not saved unless asked
  --only NAME    only the scenarios whose name begins so, such as requests, requests-16, events, events-responses,
                 events-messages, paced, first-token, prose, code-1mb, embeddings, routing, idle; may be repeated; not saved unless asked
  --rounds N     how many rounds (7; quick: 2)
  --idle N       how many idle streams, 100 to 8000 (5000; quick: 1000)
  --save         save although the run is quick or partial
  --no-save      do not save
  --help         this text
`

/** @throws Error when an option is not known, or a number is none. */
export function readOptions(args: readonly string[]): Options {
  const { values } = parseArgs({
    args: [...args],
    options: {
      quick: { type: 'boolean', default: false },
      only: { type: 'string', multiple: true, default: [] },
      rounds: { type: 'string' },
      idle: { type: 'string' },
      save: { type: 'boolean' },
      help: { type: 'boolean', default: false },
    },
    allowNegative: true,
  })
  const { quick, only, help } = values
  return {
    quick,
    only,
    help,
    rounds: wholeNumber('--rounds', values.rounds, 1, 100),
    idle: wholeNumber('--idle', values.idle, 100, 8000),
    save: values.save ?? (!quick && only.length === 0),
  }
}

function wholeNumber(name: string, text: string | undefined, least: number, most: number): number | undefined {
  if (text === undefined) return undefined
  const number = Number(text)
  if (Number.isInteger(number) && number >= least && number <= most) return number
  throw new Error(`${name} must be a whole number from ${least} to ${most}, not "${text}".`)
}
