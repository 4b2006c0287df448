import { parseUsd } from '../money.ts'
import { isCallerName, MOST_NAME_CHARACTERS } from '../wire/caller-name.ts'
import {
  limitKinds,
  limitWindows,
  reachedActions,
  type Limit,
  type LimitRule,
  type LimitWindow,
  type RateKind,
  type ReachedAction,
  type Subject,
} from './limit.ts'

/**
 * A limit of a gateway in this process, as the server's configuration says one: exactly one of `usd`, `rpm`, `rpd`, `tpm` and
 * `max_parallel`, and what it is about. It counts from when the gateway is made, in memory, and is gone with it.
 */
export interface GatewayLimit {
  /** US dollars in each window, as a decimal string from `"0"` to `"9000000"`. */
  readonly usd?: string | undefined
  /** Of money, in UTC; `week` from Monday. Default: `lifetime`, which ends with the gateway. */
  readonly window?: LimitWindow | undefined
  /** Requests in any 60 seconds, a whole number from 1 to 1,000,000,000, as all rates. */
  readonly rpm?: number | undefined
  /** Requests in any 24 hours. */
  readonly rpd?: number | undefined
  /** Tokens in any 60 seconds. */
  readonly tpm?: number | undefined
  /** Requests under way at once. */
  readonly max_parallel?: number | undefined
  /** Whose requests it counts: one end user's, or each one's by themselves. Default: all of the gateway together. */
  readonly subject?: { readonly customer: string } | { readonly each: 'customer' } | undefined
  /** A glob, such as `meta/*`: only these models. Default: all. */
  readonly models?: string | undefined
  /** Of money: refuse, count without refusing, or ask the models of `fallback` instead. Default: `stop`. */
  readonly on_reached?: ReachedAction | undefined
  /** With `on_reached: 'fallback'`: the models to ask instead, in order. */
  readonly fallback?: readonly string[] | undefined
}

/** A gateway in a process is its own account. */
const OWN_ACCOUNT = 'default'

const MOST_USD = '9000000'
const MOST_RATE = 1_000_000_000
const MOST_FALLBACKS = 20

/**
 * Reads the limits that a gateway was given.
 *
 * @throws RangeError that names the limit and the field.
 */
export function readLimits(given: readonly GatewayLimit[]): Limit[] {
  if (!Array.isArray(given)) throw new RangeError('limits must be a list, such as [{ usd: "5", window: "day" }].')
  const limits = given.map((limit, index) => readLimit(limit, `limits[${index}]`))
  for (const [index, { id }] of limits.entries()) {
    const first = limits.findIndex((other) => other.id === id)
    if (first !== index)
      throw new RangeError(`limits[${index}] counts the same requests the same way as limits[${first}]: leave one out.`)
  }
  return limits
}

const known: Readonly<Record<keyof GatewayLimit, true>> = {
  usd: true,
  window: true,
  rpm: true,
  rpd: true,
  tpm: true,
  max_parallel: true,
  subject: true,
  models: true,
  on_reached: true,
  fallback: true,
}

function readLimit(given: GatewayLimit, place: string): Limit {
  if (typeof given !== 'object' || given === null) throw new RangeError(`${place} must be an object.`)
  const unknown = Object.keys(given).find((field) => !Object.hasOwn(known, field))
  if (unknown !== undefined) throw new RangeError(`${place}.${unknown} is not known: a limit has ${listed(known)}.`)
  const rule = readRule(given, place)
  const subject = readSubject(given.subject, place)
  const { models, on_reached: onReached = 'stop', fallback } = given
  if (models !== undefined && !isText(models)) throw new RangeError(`${place}.models must be a glob such as "meta/*".`)
  if (!reachedActions.includes(onReached))
    throw new RangeError(`${place}.on_reached must be one of ${reachedActions.join(', ')}.`)
  if (rule.kind !== 'usd' && onReached !== 'stop')
    throw new RangeError(`${place}.on_reached must be stop: a rate such as ${rule.kind} knows nothing else.`)
  checkFallback(fallback, onReached, place)
  const window = rule.kind === 'usd' ? rule.window : ''
  const id = [rule.kind, window, subject.kind, subject.id ?? '', models ?? ''].map(encodeURIComponent).join('/')
  return { id, subject, models, rule, onReached, fallback, since: 0, revision: 1 }
}

function readRule(given: GatewayLimit, place: string): LimitRule {
  const [kind, second] = limitKinds.filter((one) => given[one] !== undefined)
  if (kind === undefined) throw new RangeError(`${place} limits nothing: say one of ${limitKinds.join(', ')}.`)
  if (second !== undefined)
    throw new RangeError(`${place}.${second} cannot stand beside ${kind}: make two limits of them.`)
  if (kind === 'usd') return readMoney(given, place)
  if (given.window !== undefined)
    throw new RangeError(`${place}.window has a meaning only with usd: rates have their own.`)
  return { kind, amount: readRate(given[kind], `${place}.${kind}`) }
}

function readMoney({ usd, window = 'lifetime' }: GatewayLimit, place: string): LimitRule {
  if (!limitWindows.includes(window)) throw new RangeError(`${place}.window must be one of ${limitWindows.join(', ')}.`)
  const refuse = (cause?: unknown): never => {
    throw new RangeError(
      `${place}.usd must be a decimal string of US dollars from "0" to "${MOST_USD}" with at most 12 decimals, such as "5.00".`,
      { cause },
    )
  }
  if (typeof usd !== 'string') return refuse()
  try {
    const amount = parseUsd(usd)
    return amount > parseUsd(MOST_USD) ? refuse() : { kind: 'usd', amount, window }
  } catch (cause) {
    return refuse(cause)
  }
}

function readRate(amount: GatewayLimit[RateKind], place: string): number {
  if (amount === undefined || !Number.isInteger(amount) || amount < 1 || amount > MOST_RATE)
    throw new RangeError(`${place} must be a whole number from 1 to ${MOST_RATE}.`)
  return amount
}

function readSubject(given: GatewayLimit['subject'], place: string): Subject {
  if (given === undefined) return { kind: 'account', account: OWN_ACCOUNT }
  const fields = typeof given === 'object' && given !== null ? Object.keys(given) : []
  if (fields.length === 1 && 'each' in given && given.each === 'customer')
    return { kind: 'customer', account: OWN_ACCOUNT }
  const customer = fields.length === 1 && 'customer' in given ? given.customer : undefined
  if (typeof customer !== 'string' || !isCallerName(customer))
    throw new RangeError(
      `${place}.subject must be { each: "customer" }, or { customer: NAME } with a name of at most ${MOST_NAME_CHARACTERS} characters.`,
    )
  return { kind: 'customer', id: customer, account: OWN_ACCOUNT }
}

function checkFallback(fallback: GatewayLimit['fallback'], onReached: ReachedAction, place: string): void {
  if (onReached !== 'fallback') {
    if (fallback === undefined) return
    throw new RangeError(`${place}.fallback has a meaning only with on_reached fallback.`)
  }
  const isList = Array.isArray(fallback) && fallback.length > 0 && fallback.length <= MOST_FALLBACKS
  if (!isList || !fallback.every(isText))
    throw new RangeError(
      `${place}.fallback must be a list of 1 to ${MOST_FALLBACKS} models: they are asked once the limit is reached.`,
    )
}

const isText = (value: unknown): value is string => typeof value === 'string' && value.trim() !== ''

const listed = (fields: object): string => Object.keys(fields).join(', ')
