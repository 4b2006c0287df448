import type { Bytes, UpstreamRequest } from '../../transport.ts'
import type { ChatCall } from '../../operations/chat/chat-call.ts'
import { KEPT_ABOVE_BYTES, parseKeeping } from '../../wire/keep-strings.ts'
import { asBuffer, memberCalled, type Member } from '../../bytes/scan-object.ts'
import { setMember, type Edit } from '../../bytes/splice.ts'
import type { TranslationTarget } from '../provider.ts'
import { isSent } from '../sent-parameters.ts'
import {
  rulesFor,
  type Asked,
  type ChatRules,
  type RewrittenField,
  type RulesForModel,
  type Sent,
} from './chat-rules.ts'
import { isGatewayField, jsonRequest } from './json-request.ts'

const PATH = '/chat/completions'
const NONE: readonly Edit[] = []

/** The caller's bytes with as little changed as the upstream's rules allow. */
export function chatRequest(call: ChatCall, target: TranslationTarget, rules: ChatRules): UpstreamRequest {
  const { edits, leavesOut, takesStreamOptions } = applyRules(call, target, rules)
  const asking = takesStreamOptions ? askingForUsage(call, rules.takes !== undefined) : NONE
  return jsonRequest(PATH, call, target, false, asking.length === 0 ? edits : [...edits, ...asking], leavesOut)
}

/** The same for an upstream that is a gateway too: it takes whatever callers send, and routes by itself. */
export const gatewayChatRequest = (call: ChatCall, target: TranslationTarget): UpstreamRequest =>
  jsonRequest(PATH, call, target, true, askingForUsage(call, false))

/** In a stream usage is always asked for: an answer without it cannot be priced. */
function askingForUsage({ scan, outline, stream, wantsUsage }: ChatCall, isStrict: boolean): readonly Edit[] {
  if (!stream) return NONE
  const options = outline.stream_options ?? {}
  const others = isStrict && Object.keys(options).length > 1
  if (wantsUsage && !others) return NONE
  return [setMember(scan, 'stream_options', JSON.stringify({ ...(!isStrict && options), include_usage: true }))]
}

/** A request as an upstream's rules leave it. */
interface RuledRequest {
  /** Changes within the body. */
  readonly edits: readonly Edit[]
  /** Whether the member at this index of the body goes. */
  readonly leavesOut: (key: string, index: number) => boolean
  /** Whether the upstream can be asked to report usage in a stream. */
  readonly takesStreamOptions: boolean
}

/**
 * Applies an upstream's rules to a request. What no rule is for keeps the caller's bytes; what is to be replaced is read
 * from them too, since long strings stand in the outline only as a mark.
 */
function applyRules(call: ChatCall, target: TranslationTarget, rules: ChatRules): RuledRequest {
  if (takesAll(rules)) return UNCHANGED
  const { members } = call.scan
  const model = rulesFor(rules, target.upstreamModel)
  const asked = askedOf(call, target)
  const edits: Edit[] = []
  const left = new Set<number>()
  for (const [index, member] of members.entries()) {
    const { sent, write } = fateOf(member, call, asked, model)
    if (sent === KEPT) continue
    // Of two members with one name the last counts.
    const isLast = memberCalled(call.scan, member.key) === member
    const text = isLast ? (write?.(sent) ?? written(sent, member, call, asked)) : ''
    if (text.length === 0) left.add(index)
    else edits.push({ start: member.keyStart, end: member.valueEnd, text })
  }
  return { edits, leavesOut: (_, index) => left.has(index), takesStreamOptions: takesStreamOptions(model) }
}

/** Whether everything is taken as it is. */
const takesAll = ({ takes, changes, rewrites, models }: ChatRules): boolean =>
  takes === undefined && changes === undefined && rewrites === undefined && models === undefined

/** Only the gateway's own fields go. */
const UNCHANGED: RuledRequest = { edits: [], leavesOut: isGatewayField, takesStreamOptions: true }

/** The parameters of a request that an upstream cannot take, by name, in the caller's order. */
export function unsupportedFields(call: ChatCall, target: TranslationTarget, rules: ChatRules): readonly string[] {
  if (takesAll(rules)) return NO_FIELDS
  const model = rulesFor(rules, target.upstreamModel)
  const asked = askedOf(call, target)
  const names = new Set<string>()
  for (const { key } of call.scan.members) {
    const { lost } = parameterFate(key, call, asked, model)
    if (lost !== undefined) names.add(lost)
    if (key !== 'messages' && key !== 'tools') continue
    for (const { loses } of model.rewrites(key)) {
      const part = loses?.(call.outline[key])
      if (part !== undefined) names.add(part)
    }
  }
  return [...names]
}

const NO_FIELDS: readonly string[] = []

/** What becomes of a member of the body. */
interface Fate {
  /** What is sent in its place. */
  readonly sent: Sent | typeof KEPT
  /** What the caller is told of it. */
  readonly lost?: string | undefined
  /** How to write what is sent, where something has to be put back in. */
  readonly write?: (sent: Sent) => string | readonly Bytes[]
}

const KEPT = Symbol('kept')
const kept: Fate = { sent: KEPT }
const gone: Fate = { sent: {} }

function fateOf(member: Member, call: ChatCall, asked: Asked, model: RulesForModel): Fate {
  const { key } = member
  return key === 'messages' || key === 'tools'
    ? rewrittenFate(key, member, call, asked, model)
    : parameterFate(key, call, asked, model)
}

function parameterFate(key: string, { outline }: ChatCall, asked: Asked, model: RulesForModel): Fate {
  // The model is renamed elsewhere, and usage is asked for in every stream.
  if (key === 'model' || (key === 'stream_options' && takesStreamOptions(model))) return kept
  const change = model.change(key)
  if (change !== undefined) {
    const value = asked.field(key)
    if (value === undefined) return gone
    const sent = change.becomes(value, asked)
    // An exception may take less than the change for all models sends.
    if (sent === undefined || !Object.keys(sent).every((name) => model.takes?.has(name) !== false))
      return { sent: {}, lost: isSent(outline, key) ? key : undefined }
    const lost = change.loses?.(value)
    return { sent: sent[key] === value && Object.keys(sent).length === 1 ? KEPT : sent, lost }
  }
  if (isGatewayField(key)) return gone
  if (model.takes === undefined) return kept
  // What a long string of it says does not matter here.
  if ((outline as unknown as Sent)[key] == null) return gone
  if (model.takes.has(key)) return kept
  return key === 'stream_options' || !isSent(outline, key) ? gone : { sent: {}, lost: key }
}

/** The outline tells whether anything has to be rewritten: nearly always nothing has, and the bytes need not be parsed. */
function rewrittenFate(key: RewrittenField, member: Member, call: ChatCall, asked: Asked, model: RulesForModel): Fate {
  const fate = parameterFate(key, call, asked, model)
  const rewrites = model.rewrites(key)
  if (fate.sent !== KEPT || rewrites.length === 0) return fate
  const rewritten = (value: unknown): unknown => rewrites.reduce((so, { rewrite }) => rewrite(so, asked), value)
  const seen = call.outline[key] ?? undefined
  if (seen === undefined || rewritten(seen) === seen) return kept
  if (key === 'messages' && call.body.length > KEPT_ABOVE_BYTES) return keepingFate(rewritten, call)
  const sent = rewritten(wholeValue(call, member))
  return { sent: sent === undefined ? {} : { [key]: sent } }
}

/** Messages of a large call, rewritten without decoding their long strings. */
function keepingFate(rewritten: (value: unknown) => unknown, { body, scan }: ChatCall): Fate {
  const { value, write } = parseKeeping(body, scan, 'messages')
  return {
    sent: { messages: rewritten(value['messages']) },
    write: ({ messages }) => [Buffer.from('"messages":'), ...write(messages)],
  }
}

const takesStreamOptions = ({ takes }: RulesForModel): boolean => takes?.has('stream_options') !== false

function askedOf(call: ChatCall, { upstreamModel }: TranslationTarget): Asked {
  return {
    model: upstreamModel,
    field: (name) => {
      const member = memberCalled(call.scan, name)
      return member === undefined ? undefined : (wholeValue(call, member) ?? undefined)
    },
  }
}

/** A member's value with its long strings. */
function wholeValue({ body, scan, outline }: ChatCall, { key, valueStart, valueEnd }: Member): unknown {
  const marked = scan.longStrings.some(({ start }) => start >= valueStart && start < valueEnd)
  return marked ? (JSON.parse(asBuffer(body).toString('utf8', valueStart, valueEnd)) as unknown) : outline[key]
}

/** The members that stand in the place of one. A value that is still the caller's keeps the caller's spelling. */
function written(sent: Sent, { key, valueStart, valueEnd }: Member, { body }: ChatCall, asked: Asked): string {
  const value = asked.field(key)
  return Object.entries(sent)
    .map(([name, given]) => {
      const json = given === value ? asBuffer(body).toString('utf8', valueStart, valueEnd) : JSON.stringify(given)
      return `${JSON.stringify(name)}:${json}`
    })
    .join(',')
}
