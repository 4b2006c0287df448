import { isRecord } from '../../json.ts'
import { parseExactly } from '../../wire/exact-json.ts'
import { wrong } from '../../wire/check-field.ts'
import type { AssistantTurn, Conversation, ToolTurn, Turn } from '../translated/conversation.ts'
import type { Part, TextPart } from '../translated/read-parts.ts'
import { resultsFirst } from '../translated/results-first.ts'
import type { GeminiFamily } from './gemini-family.ts'
import { geminiApi, type GeminiHost } from './gemini-host.ts'
import { NO_SIGNATURE, signatureIn } from './thought-signature.ts'

/** A part of Gemini's. */
type GeminiPart = Readonly<Record<string, unknown>>

interface Content {
  readonly role: 'user' | 'model'
  readonly parts: GeminiPart[]
}

/**
 * A conversation in Gemini's shape: instructions apart, speakers by turns, the results of all tools of a turn together in
 * the next.
 *
 * @throws SpekaError `invalid_value` for the result of a tool that nobody called.
 */
export function writeContents(
  { instructions, turns }: Conversation,
  family: GeminiFamily,
  host: GeminiHost = geminiApi,
): { system: GeminiPart[]; contents: Content[] } {
  const contents: Content[] = []
  const system = instructions.flatMap(partOf)
  const apart = family.takesInstructions && turns.length > 0
  if (!apart && system.length > 0) contents.push({ role: 'user', parts: [...system] })
  for (const turn of resultsFirst(turns)) {
    const role = turn.role === 'assistant' ? 'model' : 'user'
    const parts = partsOf(turn, family, host)
    const last = contents.at(-1)
    if (parts.length === 0) continue
    if (last?.role === role) last.parts.push(...parts)
    else contents.push({ role, parts })
  }
  return { system: apart ? system : [], contents }
}

function partsOf(turn: Turn, family: GeminiFamily, host: GeminiHost): GeminiPart[] {
  switch (turn.role) {
    case 'user':
      return turn.parts.flatMap(partOf)
    case 'assistant':
      return modelParts(turn, family, host)
    case 'tool':
      return resultParts(turn, host)
  }
}

function modelParts(
  { texts, images, calls, source }: AssistantTurn,
  { signs }: GeminiFamily,
  { takesCallIds }: GeminiHost,
): GeminiPart[] {
  const said = [...texts, ...images].flatMap(partOf)
  const signature = signatureIn(source)
  const last = said.at(-1)
  if (signature !== undefined && last !== undefined) said[said.length - 1] = { ...last, thoughtSignature: signature }
  // Of calls made at once, only the first is signed.
  const unsigned = signs && calls.every((call) => signatureIn(call.source) === undefined)
  const made = calls.map(({ id, name, input, source: call }, index) => {
    const thoughtSignature = signatureIn(call) ?? (unsigned && index === 0 ? NO_SIGNATURE : undefined)
    const functionCall = { ...(takesCallIds && { id }), name, args: input }
    return { functionCall, ...(thoughtSignature !== undefined && { thoughtSignature }) }
  })
  return [...said, ...made]
}

function resultParts({ callId, name, parts, path }: ToolTurn, { takesCallIds }: GeminiHost): GeminiPart[] {
  if (name === undefined)
    throw wrong(`${path}.tool_call_id`, { article: 'the id of a tool call in a message before', is: isRecord })
  const texts = parts.filter((part) => part.kind === 'text')
  const others = parts.filter((part) => part.kind !== 'text')
  const output = texts.map(({ text }) => text).join('\n')
  const functionResponse = { ...(takesCallIds && { id: callId }), name, response: responseOf(output) }
  return [{ functionResponse }, ...others.flatMap(partOf)]
}

/** Gemini wants an object: what a tool says in JSON is one already. */
function responseOf(output: string): Readonly<Record<string, unknown>> {
  if (!output.trimStart().startsWith('{')) return { output }
  try {
    const value = parseExactly(output)
    return isRecord(value) ? value : { output }
  } catch {
    return { output }
  }
}

function partOf(part: Part | TextPart): GeminiPart[] {
  if (part.kind === 'text') return part.text === '' ? [] : [{ text: part.text }]
  if ('url' in part) return [{ fileData: { fileUri: part.url, ...mediaTypeOf(part.url) } }]
  return [{ inlineData: { mimeType: part.mediaType, data: part.base64 } }]
}

/** What Gemini must be told of a file it fetches, by the end of its name. */
const mediaTypes: Readonly<Record<string, string>> = {
  png: 'image/png',
  jpg: 'image/jpeg',
  jpeg: 'image/jpeg',
  webp: 'image/webp',
  heic: 'image/heic',
  heif: 'image/heif',
  gif: 'image/gif',
  pdf: 'application/pdf',
}

function mediaTypeOf(url: string): { mimeType?: string } {
  const ending = /\.(\w{3,4})(?:[?#]|$)/.exec(url)?.[1]?.toLowerCase() ?? ''
  const mimeType = Object.hasOwn(mediaTypes, ending) ? mediaTypes[ending] : undefined
  return mimeType === undefined ? {} : { mimeType }
}
