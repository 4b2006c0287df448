import type { Bytes } from '../transport.ts'
import { asBuffer } from './scan-object.ts'
import { stringEnd } from './json-string.ts'

/** JSON of up to so many bytes is parsed at once: less than a millisecond's worth, whatever it is. */
const AT_ONCE_BYTES = 32 * 1024

/** What is looked at in each piece that was parsed, whole values or a name with `[]`, beside its text. It may throw. */
export type LookAtPiece = (value: unknown, text: string) => void

/**
 * Parses JSON as `JSON.parse` does, with a yield between two pieces of it: who has others waiting gives them a turn.
 * Objects and arrays that are large are put together of their members; those that are not come from `JSON.parse` whole.
 *
 * @throws SyntaxError where `JSON.parse` throws one, with the place.
 */
export function* parseInSlices(
  bytes: Bytes,
  look: LookAtPiece = () => {},
  atOnce = AT_ONCE_BYTES,
): Generator<undefined, unknown, undefined> {
  const buffer = asBuffer(bytes)
  const pieces = new Pieces(buffer, look)
  /** Containers that are open, by how deep they lie; further ones were, and are used again. */
  const open: Container[] = []
  let depth = 0
  let yielded = 0
  for (let at = 0; at < buffer.length; at += 1) {
    const byte = buffer[at]
    switch (byte) {
      case QUOTE: {
        const end = stringEnd(buffer, at)
        if (end === -1) return pieces.value(0, buffer.length)
        at = end - 1
        break
      }
      case OPEN_BRACE:
      case OPEN_BRACKET:
        open[depth] = begin(open[depth], at, byte === OPEN_BRACKET)
        depth += 1
        break
      case CLOSE_BRACE:
      case CLOSE_BRACKET: {
        depth -= 1
        const closed = open[depth]
        if (closed?.built === undefined) {
          // What is wrong with it, if anything, is told by whoever parses what it is a part of.
          if (depth <= 0) return pieces.value(0, buffer.length)
          break
        }
        if ((byte === CLOSE_BRACKET) !== Array.isArray(closed.built)) throw unexpected(at)
        if (closed.isBehind) pieces.mustBeBlank(closed.from, at)
        else pieces.takeInto(closed, at)
        const outer = open[depth - 1]
        if (outer === undefined) {
          pieces.mustBeBlank(0, closed.start)
          pieces.mustBeBlank(at + 1, buffer.length)
          return closed.built
        }
        pieces.put(outer, closed.built, at)
        break
      }
      case COMMA: {
        const inner = open[depth - 1]
        if (inner === undefined) return pieces.value(0, buffer.length)
        if (inner.isBehind) {
          pieces.mustBeBlank(inner.from, at)
          inner.isBehind = false
          inner.from = at + 1
        } else if (at - inner.from >= atOnce) {
          for (let outer = 0; outer < depth - 1; outer += 1) pieces.makeRoom(open[outer], open[outer + 1])
          pieces.takeInto(inner, at)
          inner.from = at + 1
        }
        inner.comma = at
        if (at - yielded < atOnce) break
        yielded = at
        yield
        break
      }
      default:
    }
  }
  return pieces.value(0, buffer.length)
}

/** An array or an object that is open. */
interface Container {
  /** Where its bracket stands. */
  start: number
  isArray: boolean
  /** What it holds so far, once it has turned out to be large. */
  built: unknown[] | Record<string, unknown> | undefined
  /** From where on its members are not in `built` yet. */
  from: number
  /** Where its last comma stands; -1: there is none. */
  comma: number
  /** Whether a large member has ended, and a comma or the end is to follow. */
  isBehind: boolean
  /** Whether a large member is under way, and in an object under which name. */
  waits: boolean
  name: string
}

function begin(used: Container | undefined, start: number, isArray: boolean): Container {
  const fresh = {
    start,
    isArray,
    built: undefined,
    from: start + 1,
    comma: -1,
    isBehind: false,
    waits: false,
    name: '',
  }
  return used === undefined ? fresh : Object.assign(used, fresh)
}

class Pieces {
  readonly #buffer: Buffer
  readonly #look: LookAtPiece

  constructor(buffer: Buffer, look: LookAtPiece) {
    this.#buffer = buffer
    this.#look = look
  }

  /** What stands there, which is a value. */
  value(from: number, to: number): unknown {
    return this.#parse('', from, to, '')
  }

  /** Takes in the members up to a comma, or to the end: at least one. */
  takeInto(container: Container, to: number): void {
    const { isArray, from } = container
    const built = (container.built ??= isArray ? [] : {})
    const members = isArray ? this.#parse('[', from, to, ']') : this.#parse('{', from, to, '}')
    const all = Object.entries(members as object)
    if (all.length === 0) throw unexpected(to)
    for (const [name, value] of all) set(built, name, value)
  }

  /** Takes in the members before the one that is open, which is large and comes later. */
  makeRoom(container: Container | undefined, member: Container | undefined): void {
    if (container === undefined || member === undefined || container.waits) return
    if (container.comma >= container.from) {
      this.takeInto(container, container.comma)
      container.from = container.comma + 1
    }
    container.built ??= container.isArray ? [] : {}
    container.waits = true
    if (container.isArray) this.mustBeBlank(container.from, member.start)
    else container.name = Object.keys(this.#parse('{', container.from, member.start, '[]}') as object)[0] ?? ''
  }

  /** Puts a large member, which has ended, in its place. */
  put(container: Container, member: unknown, end: number): void {
    const { built, name } = container
    if (built !== undefined) set(built, name, member)
    if (name === 'constructor') this.#look({ constructor: member }, name)
    Object.assign(container, { waits: false, isBehind: true, from: end + 1 })
  }

  mustBeBlank(from: number, to: number): void {
    const text = this.#buffer.toString('latin1', from, to)
    const other = text.search(/[^ \t\r\n]/)
    if (other !== -1) throw unexpected(from + other)
  }

  #parse(before: string, from: number, to: number, behind: string): unknown {
    const text = before + this.#buffer.toString('utf8', from, to) + behind
    let value: unknown
    try {
      value = JSON.parse(text)
    } catch (cause) {
      const place = /at position (\d+)/.exec(cause instanceof Error ? cause.message : '')?.[1]
      throw place === undefined || before === '' ? cause : unexpected(from + Number(place) - before.length)
    }
    this.#look(value, text)
    return value
  }
}

function set(built: unknown[] | Record<string, unknown>, name: string, value: unknown): void {
  if (Array.isArray(built)) built.push(value)
  // Assigning it would change what the object inherits.
  else if (name === '__proto__') {
    Object.defineProperty(built, name, { value, writable: true, enumerable: true, configurable: true })
  } else built[name] = value
}

const unexpected = (at: number): SyntaxError => new SyntaxError(`Unexpected token at position ${at}`)

const QUOTE = 0x22
const COMMA = 0x2c
const OPEN_BRACKET = 0x5b
const CLOSE_BRACKET = 0x5d
const OPEN_BRACE = 0x7b
const CLOSE_BRACE = 0x7d
