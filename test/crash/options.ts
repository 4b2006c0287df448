import { parseArgs } from 'node:util'

/** What the command line asks for. */
export interface Options {
  /** How often to kill, and how many answers at least are to be complete, over all kills. */
  readonly kills: number
  readonly answers: number
  readonly seed: number
  readonly help: boolean
}

export const usage = `npm run test:crash -- [OPTIONS]

  --kills N      how often a gateway is killed, half of them with --workers 2 (10)
  --answers N    answers that are complete, at least, over all kills (1000)
  --seed N       for other moments and victims (7735)
  --help         this text

Everything stays on 127.0.0.1. Ends with 1 when an answer is lost, doubled or wrong, and when the control loses none.
`

/** @throws Error when an option is not known, or a number is none. */
export function readOptions(args: readonly string[]): Options {
  const { values: given } = parseArgs({
    args: [...args],
    options: {
      kills: { type: 'string', default: '10' },
      answers: { type: 'string', default: '1000' },
      seed: { type: 'string', default: '7735' },
      help: { type: 'boolean', default: false },
    },
  })
  const number = (name: 'kills' | 'answers' | 'seed', least: number, most: number): number => {
    const value = Number(given[name])
    if (Number.isInteger(value) && value >= least && value <= most) return value
    throw new Error(`--${name} must be a whole number from ${least} to ${most}, not "${given[name]}".`)
  }
  return {
    kills: number('kills', 2, 1000),
    answers: number('answers', 2, 1_000_000),
    seed: number('seed', 0, 2 ** 32),
    help: given.help,
  }
}
