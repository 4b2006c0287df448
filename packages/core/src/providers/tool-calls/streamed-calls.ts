import { isRecord, type MutableJson } from '../../json.ts'
import { ArgumentsSoFar } from './arguments-so-far.ts'
import { callsIn, idOf, plainCalls, saysNothing } from './plain-call.ts'

/** A tool call of a stream, as far as it has come. */
interface CallSoFar {
  /** Its number, as the caller knows it. */
  readonly index: number
  /** The upstream's number for it, which others may have too. */
  readonly given: number | undefined
  /** The upstream's id. */
  readonly id: string | undefined
  name: string
  readonly arguments: ArgumentsSoFar
  /** The event that it was last heard of in. */
  event: number
}

/** What one event says of a call. */
interface Piece {
  readonly given: number | undefined
  readonly id: string | undefined
  readonly name: string | undefined
  /** Whether it says that it is of a function, as beginnings do. */
  readonly isTyped: boolean
  readonly text: string
}

/**
 * The tool calls of one choice of a stream. Clients put them together by their number, so each gets one of its own, and its
 * id, type and name once. Which call a piece belongs to is told by its id, its number, its name, and by whether the call
 * before is whole: upstreams give the same number to all, no number, no id, another id each time, or the name again.
 */
export class StreamedCalls {
  readonly #mintId: () => string
  readonly #calls: CallSoFar[] = []
  #event = 0

  /** @param mintId makes an id for a call that the upstream gives none. */
  constructor(mintId: () => string) {
    this.#mintId = mintId
  }

  /** Whether any call has begun. */
  get any(): boolean {
    return this.#calls.length > 0
  }

  /**
   * Repairs in place the calls of the next delta.
   *
   * @returns whether anything was changed.
   */
  add(delta: MutableJson): boolean {
    if (this.#goesOnAsItShould(delta['tool_calls'])) return false
    let changed = plainCalls(delta)
    const calls = callsIn(delta)
    if (calls.length === 0) return changed
    this.#event += 1
    const kept = calls.filter((call) => {
      const piece = pieceOf(call)
      const known = this.#find(piece)
      if (known === undefined) return this.#begin(call, piece, () => (changed = true))
      return this.#goOn(known, call, piece, () => (changed = true))
    })
    if (kept.length < calls.length) {
      delta['tool_calls'] = kept
      changed = true
    }
    return changed
  }

  /**
   * Completes the calls when the choice ends: one without arguments has had none to stream, but clients parse what they have
   * put together.
   *
   * @param delta the last one.
   * @returns whether anything was changed.
   */
  end(delta: MutableJson): boolean {
    const without = this.#calls.filter(({ arguments: given }) => given.isBlank)
    if (without.length === 0) return false
    const last = callsIn(delta)
    for (const { index, arguments: given } of without) {
      given.add('{}')
      const here = last.find((call) => call['index'] === index)
      if (isRecord(here?.['function'])) here['function']['arguments'] = '{}'
      else last.push({ index, function: { arguments: '{}' } })
    }
    delta['tool_calls'] = last
    return true
  }

  /** Nearly every piece: more arguments for the call whose number it has. There is nothing else to be looked at. */
  #goesOnAsItShould(calls: unknown): boolean {
    if (!Array.isArray(calls) || calls.length !== 1) return false
    const call: unknown = calls[0]
    if (!isRecord(call) || call['id'] != null || !isRecord(call['function'])) return false
    const { name, arguments: text } = call['function']
    if (name != null || typeof text !== 'string') return false
    const known = this.#calls.at(-1)
    if (known === undefined || known.index !== call['index']) return false
    this.#event += 1
    known.event = this.#event
    known.arguments.add(text)
    return true
  }

  #find(piece: Piece): CallSoFar | undefined {
    const { given, id, name } = piece
    const sameNumber = given === undefined ? this.#calls : this.#calls.filter((call) => call.given === given)
    // Without a name it can only go on with what has begun, under whatever number.
    const eligible = sameNumber.length === 0 && name === undefined ? this.#calls : sameNumber
    const sameId = id === undefined ? undefined : eligible.findLast((call) => call.id === id)
    if (sameId !== undefined) return beginsAgain(sameId, piece) ? undefined : sameId
    const last = (sameNumber.length === 0 && eligible.find(({ index }) => index === given)) || eligible.at(-1)
    return last === undefined || isAnother(last, piece, last.event === this.#event) ? undefined : last
  }

  #begin(call: MutableJson, { given, id, name = '', text }: Piece, change: () => void): true {
    const taken = this.#calls.map(({ index }) => index)
    const index = given !== undefined && !taken.includes(given) ? given : Math.max(-1, ...taken) + 1
    const isOwnId = id !== undefined && !this.#calls.some((other) => other.id === id)
    const known = { index, given, id, name, arguments: new ArgumentsSoFar(), event: this.#event }
    this.#calls.push(known)
    if (call['index'] !== index) {
      call['index'] = index
      change()
    }
    if (!isOwnId || call['id'] !== id) {
      call['id'] = isOwnId ? id : this.#mintId()
      change()
    }
    if (typeof call['type'] !== 'string' || call['type'] === '') {
      call['type'] = 'function'
      change()
    }
    if (call['type'] !== 'function') {
      // A call of another kind, whose input is never taken for missing.
      known.arguments.add('{}')
      return true
    }
    if (!isRecord(call['function'])) call['function'] = {}
    const made = call['function'] as MutableJson
    const begins = saysNothing(text) ? '' : text
    known.arguments.add(begins)
    if (made['arguments'] !== begins) {
      made['arguments'] = begins
      change()
    }
    return true
  }

  /** @returns whether anything is left to be said. */
  #goOn(known: CallSoFar, call: MutableJson, { id, name, text }: Piece, change: () => void): boolean {
    known.event = this.#event
    // All of it once more.
    if (known.arguments.isWhole && text !== '' && text === known.arguments.text) return false
    if (call['index'] !== known.index) {
      call['index'] = known.index
      change()
    }
    // Some clients put texts together wherever they find them.
    if (id !== undefined) {
      delete call['id']
      change()
    }
    const { function: made } = call
    if (isRecord(made) && name !== undefined) {
      if (known.name === '' || isRestOfName(known, name, text)) known.name += name
      else {
        delete made['name']
        change()
      }
    }
    known.arguments.add(text)
    return true
  }
}

function pieceOf(call: MutableJson): Piece {
  const { index, function: made } = call
  const { name, arguments: text } = isRecord(made) ? made : {}
  return {
    given: typeof index === 'number' && Number.isSafeInteger(index) && index >= 0 ? index : undefined,
    id: idOf(call),
    name: typeof name === 'string' && name !== '' ? name : undefined,
    isTyped: call['type'] === 'function',
    text: typeof text === 'string' ? text : '',
  }
}

/** Whether a piece with the id of a call is nevertheless the beginning of one: that call was whole, and this has other arguments. */
const beginsAgain = ({ arguments: known }: CallSoFar, { name, text }: Piece): boolean =>
  name !== undefined && known.isWhole && !saysNothing(text) && text !== known.text

/** Whether a piece that has not the id of the last call with its number is the beginning of another. */
function isAnother(last: CallSoFar, { given, id, name, isTyped, text }: Piece, inSameEvent: boolean): boolean {
  const { isBlank, isWhole } = last.arguments
  const says = !saysNothing(text)
  const hasOtherId = id !== undefined && last.id !== undefined
  if (name === undefined) return (hasOtherId || id !== undefined) && isWhole && says
  // In the middle of its arguments only what begins some can be another's.
  if (!isBlank && !isWhole) return (hasOtherId || name !== last.name) && (!says || text.trimStart().startsWith('{'))
  if (hasOtherId) return true
  if (name === last.name) return isWhole ? says : inSameEvent
  if (last.name === '' && isBlank && !inSameEvent) return false
  return isWhole || inSameEvent || says || isTyped || given === undefined
}

/** Whether a name without arguments goes on with another: it comes in pieces, and is not said again. */
const isRestOfName = (known: CallSoFar, name: string, text: string): boolean =>
  known.arguments.isBlank && name !== known.name && text === ''
