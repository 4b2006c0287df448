import { parseArgs } from 'node:util'
import { faults, type FaultName } from './faults.ts'

export const partNames = ['budgets', 'rates', 'revocation', 'hung', 'restart', 'failures'] as const

export type PartName = (typeof partNames)[number]

/** What the command line of the long run asks for. */
export interface Options {
  /** How many budgets are spent, and by how many requests each. */
  readonly runs: number
  readonly requests: number
  /** For how long rates are asked for, in s, and which, a minute. */
  readonly seconds: number
  readonly rpm: readonly number[]
  /** How often PostgreSQL is killed under load, and how often a replica. */
  readonly databaseKills: number
  readonly replicaKills: number
  /** For how long a replica is stopped, in s. */
  readonly stopped: number
  /** With which of all that befalls replicas it begins, from 1, and after how many minutes no further one begins. */
  readonly from: number
  readonly minutes: number
  /** Rates are judged by what is certain: on a busy machine a request may arrive long after it was admitted. */
  readonly busy: boolean
  readonly seed: number
  readonly only: readonly PartName[]
  /** What befalls replicas, in this order, in place of all that may; none: all that may. */
  readonly faults: readonly FaultName[]
  readonly help: boolean
}

export const usage = `npm run test:replicas -- --long [OPTIONS]

  --runs N             how many budgets are spent (20)
  --requests N         by how many requests at once each (1500)
  --seconds N          for how long rates are asked for, in s (75)
  --rpm N              a rate, in requests a minute; may be repeated (60, 300)
  --busy               judge rates by what is certain
  --database-kills N   how often PostgreSQL is killed under load (20)
  --replica-kills N    how often a replica is (50)
  --stopped N          for how long a replica is stopped, in s (30)
  --from N             goes on with the Nth of all that befalls them, where a run was broken off (1)
  --minutes N          no further one begins after so long (90)
  --only PART          only ${partNames.join(', ')}; may be repeated
  --fault NAME         what befalls them, in place of all; may be repeated: ${Object.keys(faults).join(', ')}
  --seed N             for other moments and victims (7735)
  --help               this text

Everything stays on 127.0.0.1. Ends with 1 when a figure misses what it is held to.
`

/** @throws Error when an option is not known, or a number is none. */
export function readOptions(args: readonly string[]): Options {
  const { values: given } = parseArgs({
    args: [...args],
    options: {
      long: { type: 'boolean' },
      runs: { type: 'string', default: '20' },
      requests: { type: 'string', default: '1500' },
      seconds: { type: 'string', default: '75' },
      rpm: { type: 'string', multiple: true, default: ['60', '300'] },
      busy: { type: 'boolean', default: false },
      'database-kills': { type: 'string', default: '20' },
      'replica-kills': { type: 'string', default: '50' },
      stopped: { type: 'string', default: '30' },
      from: { type: 'string', default: '1' },
      minutes: { type: 'string', default: '90' },
      only: { type: 'string', multiple: true, default: [...partNames] },
      fault: { type: 'string', multiple: true, default: [] },
      seed: { type: 'string', default: '7735' },
      help: { type: 'boolean', default: false },
    },
  })
  return {
    runs: number('runs', given.runs, 1, 1000),
    requests: number('requests', given.requests, 10, 5000),
    seconds: number('seconds', given.seconds, 5, 600),
    rpm: given.rpm.map((rpm) => number('rpm', rpm, 1, 3000)),
    databaseKills: number('database-kills', given['database-kills'], 0, 1000),
    replicaKills: number('replica-kills', given['replica-kills'], 0, 1000),
    stopped: number('stopped', given.stopped, 1, 600),
    from: number('from', given.from, 1, 10_000),
    minutes: number('minutes', given.minutes, 1, 1000),
    busy: given.busy,
    seed: number('seed', given.seed, 0, 2 ** 32),
    only: given.only.map(partOf),
    faults: given.fault.map(faultOf),
    help: given.help,
  }
}

function partOf(text: string): PartName {
  const part = partNames.find((name) => name === text)
  if (part !== undefined) return part
  throw new Error(`--only must be one of ${partNames.join(', ')}, not "${text}".`)
}

function faultOf(text: string): FaultName {
  // Its own names, and no others.
  const names = Object.keys(faults) as FaultName[]
  const fault = names.find((name) => name === text)
  if (fault !== undefined) return fault
  throw new Error(`--fault must be one of ${names.join(', ')}, not "${text}".`)
}

function number(name: string, text: string, least: number, most: number): number {
  const value = Number(text)
  if (Number.isInteger(value) && value >= least && value <= most) return value
  throw new Error(`--${name} must be a whole number from ${least} to ${most}, not "${text}".`)
}
