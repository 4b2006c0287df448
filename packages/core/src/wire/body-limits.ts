import { SpekaError } from '../errors.ts'
import type { ScanFailure, ScanLimits } from '../bytes/scan-object.ts'

/**
 * How much JSON one request may hold, so that reading it holds up nobody else for long. Far above what APIs take: OpenAI
 * ends at 2048 messages and 300,000 tokens of input.
 */
export const bodyLimits = {
  /** `JSON.stringify` overflows the stack far above it. */
  depth: 64,
  /** More than any API has fields. What looks a field up looks through them all. */
  members: 500,
  containers: 32_000,
  strings: 150_000,
  commas: 500_000,
  bareBytes: 4 * 1024 * 1024,
  numberBytes: 1000,
} as const satisfies ScanLimits

/** Messages of a chat request, items of a response's input. */
export const MOST_MESSAGES = 10_000

/** OpenAI takes 128 tools. */
export const MOST_TOOLS = 1000

/** Objects and arrays in their schemas, all together. */
const MOST_IN_TOOLS = 10_000

/** Texts at which an answer is to stop; OpenAI takes four. */
export const MOST_STOPS = 1000

/** Bytes of text that tokens may stand for in one request: a token can be as long as 128 spaces. */
export const MOST_SPELLED_BYTES = 4 * 1024 * 1024

const inWords = (limit: number): string => limit.toLocaleString('en-US')

const tooMuch = (what: string): SpekaError =>
  new SpekaError('invalid_json', `The request has more than ${what}. Send less, or several requests.`)

/** What is said of a body that is above a limit. What is no object is told by whoever looks why. */
export const aboveLimit: Readonly<Record<Exclude<ScanFailure, 'object'>, () => SpekaError>> = {
  depth: () => new SpekaError('invalid_json', `The request body is nested deeper than ${bodyLimits.depth} levels.`),
  members: () => new SpekaError('invalid_json', `The request has more than ${bodyLimits.members} fields.`),
  containers: () => tooMuch(`${inWords(bodyLimits.containers)} objects and arrays`),
  strings: () => tooMuch(`${inWords(bodyLimits.strings)} strings, names of fields included`),
  commas: () => tooMuch(`${inWords(bodyLimits.commas)} values`),
  bareBytes: () =>
    new SpekaError(
      'request_too_large',
      `The request has more than ${bodyLimits.bareBytes / 1024 / 1024} MiB outside of its strings. Send less, or without spaces.`,
    ),
  numberBytes: () =>
    new SpekaError(
      'request_too_large',
      `The request has a number of more than ${inWords(bodyLimits.numberBytes)} digits. Send it rounded, or as a string.`,
    ),
}

/** What is said of more tools than {@link MOST_TOOLS}. */
export function tooManyTools(count: number): SpekaError {
  const message = `"tools" has ${inWords(count)} items. Send at most ${inWords(MOST_TOOLS)} in one request.`
  return new SpekaError('invalid_value', message, { param: 'tools' })
}

/** @throws SpekaError `invalid_value` for schemas of tools that would take long to translate. */
export function checkToolSize(tools: unknown): void {
  if (containersIn(tools, MOST_IN_TOOLS + 1) <= MOST_IN_TOOLS) return
  const message = `The schemas in "tools" have more than ${inWords(MOST_IN_TOOLS)} objects and arrays. Send fewer tools, or simpler ones.`
  throw new SpekaError('invalid_value', message, { param: 'tools' })
}

/** How many objects and arrays a value is made of, counted no further than to `limit`. */
function containersIn(value: unknown, limit: number): number {
  if (typeof value !== 'object' || value === null) return 0
  let count = 1
  for (const inner of Object.values(value)) {
    count += containersIn(inner, limit - count)
    if (count >= limit) break
  }
  return count
}

/** What is said of more messages, or items that become messages, than {@link MOST_MESSAGES}. */
export function tooManyMessages(count: number, param: string): SpekaError {
  const message = `"${param}" has ${inWords(count)} items. Send at most ${inWords(MOST_MESSAGES)} in one request.`
  return new SpekaError('invalid_value', message, { param })
}
