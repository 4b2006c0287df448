import { isRecord } from '../json.ts'
import { chooseTool } from './choose-tool.ts'
import { cutIntoPieces } from './cut-into-pieces.ts'
import { exampleOfSchema } from './example-of-schema.ts'
import { readPrompt, type Prompt } from './read-prompt.ts'
import { badRequest } from './refusal.ts'
import type { Fault } from './sandbox-model.ts'

/** What the sandbox says to a chat request. Every choice says the same. */
export interface SandboxAnswer {
  /** The output chunks of one choice, one token each. Of a tool call, the first is the tool's name, the rest its arguments. */
  readonly pieces: readonly string[]
  readonly callsTool: boolean
  readonly finish: 'stop' | 'length' | 'tool_calls'
  readonly choices: number
  readonly promptTokens: number
}

/** Longer texts are not echoed in full: an answer stays a sentence or two. */
const MAX_ECHO = 200
/** OpenAI's own limit. */
const MAX_CHOICES = 128
/** How far an answer that is to be broken off goes on beyond that. */
const BEYOND = 8

const ABOUT = " This is Speka's sandbox: no model was asked, and the same question always gets this answer."
const aboutPieces = cutIntoPieces(ABOUT)
const fillerPieces = cutIntoPieces(' It goes on and on, since someone wanted a long answer.')

/**
 * The answer to a chat request, a pure function of it.
 *
 * @throws Refusal when the request makes no sense.
 */
export function chatAnswer(request: Readonly<Record<string, unknown>>, fault: Fault | undefined): SandboxAnswer {
  const prompt = readPrompt(request)
  const choices = choicesOf(request)
  const most = mostTokens(request)
  const tool = chooseTool(request, prompt)
  const echo = shortened(prompt.toolResults.at(-1)?.text ?? prompt.text)
  const told =
    tool === undefined
      ? says(request, prompt, echo, fault)
      : {
          pieces: [tool.name, ...cutIntoPieces(JSON.stringify(argumentsFor(tool.parameters, echo)))],
          finish: 'tool_calls' as const,
        }
  const cut = told.pieces.length > most
  return {
    pieces: cut ? told.pieces.slice(0, most) : told.pieces,
    callsTool: tool !== undefined,
    finish: cut ? 'length' : told.finish,
    choices,
    promptTokens: prompt.tokens,
  }
}

function says(
  request: Readonly<Record<string, unknown>>,
  prompt: Prompt,
  echo: string,
  fault: Fault | undefined,
): { pieces: readonly string[]; finish: 'stop' } {
  const stops = stopsOf(request)
  const json = jsonFor(request['response_format'], echo)
  const pieces =
    json === undefined
      ? lengthened([...cutIntoPieces(opening(prompt, echo)), ...aboutPieces], fault)
      : cutIntoPieces(JSON.stringify(json))
  const begun = begunBy(request['messages'])
  if (begun !== undefined) return { pieces: restOf(pieces, begun), finish: 'stop' }
  if (stops.length === 0) return { pieces, finish: 'stop' }
  const text = pieces.join('')
  const ends = stops.map((stop) => text.indexOf(stop)).filter((at) => at !== -1)
  return { pieces: ends.length === 0 ? pieces : cutIntoPieces(text.slice(0, Math.min(...ends))), finish: 'stop' }
}

/** What the last message has said already, if it asks for the rest: an answer's beginning, marked with `prefix`. */
function begunBy(messages: unknown): string | undefined {
  const last: unknown = Array.isArray(messages) ? messages.at(-1) : undefined
  if (!isRecord(last) || last['role'] !== 'assistant' || last['prefix'] !== true) return undefined
  return typeof last['content'] === 'string' ? last['content'] : undefined
}

/** The rest of an answer that began as this one does; of another, all. */
function restOf(pieces: readonly string[], begun: string): readonly string[] {
  const text = pieces.join('')
  return text.startsWith(begun) ? cutIntoPieces(text.slice(begun.length)) : pieces
}

function opening(prompt: Prompt, echo: string): string {
  if (prompt.toolResults.length > 0) {
    return prompt.toolResults.map(({ name, text }) => `${name} answered: ${shortened(text)}.`).join(' ')
  }
  const sent = [counted(prompt.images, 'image'), counted(prompt.attachments, 'attachment')].filter(
    (part) => part !== '',
  )
  if (echo === '') return `You ${sent.length === 0 ? 'said nothing' : `sent ${sent.join(' and ')}`}.`
  return `You said: "${echo}"${sent.length === 0 ? '' : `, and sent ${sent.join(' and ')}`}.`
}

const counted = (count: number, what: string): string =>
  count === 0 ? '' : `${count} ${what}${count === 1 ? '' : 's'}`

/** Long enough for the fault to strike in the middle; of an exact length when that was asked for. */
function lengthened(pieces: string[], fault: Fault | undefined): string[] {
  const exact = fault?.kind === 'long' ? fault.chunks : undefined
  const fewest = exact ?? (fault !== undefined && 'after' in fault ? fault.after + BEYOND : 0)
  for (let at = 0; pieces.length < fewest; at = (at + 1) % fillerPieces.length) pieces.push(fillerPieces[at] ?? '')
  return exact === undefined ? pieces : pieces.slice(0, exact)
}

function jsonFor(format: unknown, echo: string): unknown {
  if (!isRecord(format)) return undefined
  if (format['type'] === 'json_object') return { echo }
  if (format['type'] !== 'json_schema') return undefined
  const wanted = format['json_schema']
  if (!isRecord(wanted)) throw badRequest('"response_format.json_schema" is missing.', 'response_format.json_schema')
  return exampleOfSchema(wanted['schema'] ?? {}, echo)
}

/** Arguments are an object, whatever the schema of a tool says or leaves out. */
function argumentsFor(parameters: unknown, echo: string): unknown {
  const made = exampleOfSchema(isRecord(parameters) ? { type: 'object', ...parameters } : { type: 'object' }, echo)
  return isRecord(made) ? made : {}
}

function shortened(text: string): string {
  if (text.length <= MAX_ECHO) return text
  // Not in the middle of a surrogate pair.
  const end = (text.codePointAt(MAX_ECHO - 1) ?? 0) > 0xffff ? MAX_ECHO - 1 : MAX_ECHO
  return `${text.slice(0, end)}…`
}

function choicesOf(request: Readonly<Record<string, unknown>>): number {
  const n = request['n'] ?? 1
  if (typeof n === 'number' && Number.isInteger(n) && n >= 1 && n <= MAX_CHOICES) return n
  throw badRequest(`"n" must be a whole number from 1 to ${MAX_CHOICES}.`, 'n')
}

function mostTokens(request: Readonly<Record<string, unknown>>): number {
  const field = request['max_completion_tokens'] == null ? 'max_tokens' : 'max_completion_tokens'
  const most = request[field] ?? Infinity
  if (typeof most === 'number' && most >= 0) return most
  throw badRequest(`"${field}" must be a number of at least 0.`, field)
}

function stopsOf(request: Readonly<Record<string, unknown>>): string[] {
  const stop = request['stop']
  const stops: unknown[] = Array.isArray(stop) ? stop : [stop]
  return stops.filter((one) => typeof one === 'string' && one !== '') as string[]
}
