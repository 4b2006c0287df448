import { parseArgs } from 'node:util'

/** What the command line asks for. */
export interface Options {
  readonly cuts: number
  readonly aborts: number
  /** How long the storm blows, in s, and how many requests a second it meets. */
  readonly storm: number
  readonly rps: number
  /** How long each hostile answer is let go on, in s. */
  readonly hostile: number
  /** How long each hostile body is sent again and again, in s. */
  readonly callers: number
  /** By how much limits of milliseconds are stretched: for machines that have other things to do. */
  readonly patience: number
  readonly seed: number
  readonly only: readonly string[]
  readonly help: boolean
}

export const usage = `npm run test:faults -- [OPTIONS]

  --cuts N       answers cut off at random (10000)
  --aborts N     callers that leave at random (1000)
  --storm S      seconds of nothing but 503 (60)
  --rps N        requests a second in the storm (200)
  --hostile S    seconds for each hostile answer, and for the quiet before it (3)
  --callers S    seconds for each hostile body, and for the quiet before it (3)
  --only NAME    only cuts, aborts, storm, hostile, callers or decision; may be repeated
  --patience N   stretches limits of milliseconds, for a machine that is busy (1)
  --seed N       for another sequence of accidents (7735)
  --help         this text

Everything stays on 127.0.0.1. Ends with 1 when a figure is not reached.
`

/** @throws Error when an option is not known, or a number is none. */
export function readOptions(args: readonly string[]): Options {
  const number = (name: keyof typeof given, most: number): number => {
    const value = Number(given[name])
    if (Number.isFinite(value) && value >= 0 && value <= most) return value
    throw new Error(`--${name} must be a number from 0 to ${most}, not "${String(given[name])}".`)
  }
  const { values: given } = parseArgs({
    args: [...args],
    options: {
      cuts: { type: 'string', default: '10000' },
      aborts: { type: 'string', default: '1000' },
      storm: { type: 'string', default: '60' },
      rps: { type: 'string', default: '200' },
      hostile: { type: 'string', default: '3' },
      callers: { type: 'string', default: '3' },
      patience: { type: 'string', default: '1' },
      seed: { type: 'string', default: '7735' },
      only: { type: 'string', multiple: true, default: [] },
      help: { type: 'boolean', default: false },
    },
  })
  return {
    cuts: number('cuts', 1_000_000),
    aborts: number('aborts', 100_000),
    storm: number('storm', 600),
    rps: number('rps', 2000),
    hostile: number('hostile', 60),
    callers: number('callers', 60),
    patience: number('patience', 100),
    seed: number('seed', 2 ** 32),
    only: given.only,
    help: given.help,
  }
}
