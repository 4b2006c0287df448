import { asBuffer } from '../../bytes/scan-object.ts'
import { SpekaError } from '../../errors.ts'
import type { Bytes } from '../../transport.ts'
import type { FormEvent } from './form-event.ts'
import { BOUNDARY, formLimits } from './form-limits.ts'
import { brokenForm, readPartHead } from './part-head.ts'

/** Where in a form the next byte stands. */
type Place =
  /** Before the first boundary, where nothing of the form is. */
  | 'preamble'
  /** Behind a boundary: another part follows, or the end. */
  | 'boundary'
  | 'head'
  | 'field'
  | 'file'
  /** Behind the last boundary: whatever comes there says nothing. */
  | 'end'

const LINE = Buffer.from('\r\n')
const END_OF_HEAD = Buffer.from('\r\n\r\n')
const DASH = 0x2d
const NOTHING = Buffer.alloc(0)

const utf8 = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true })

/**
 * Reads a `multipart/form-data` as it comes (RFC 7578), wherever the network split it. Fields are told whole; of a file, its bytes
 * are told as they come, and no more of them is held than could be the beginning of a boundary.
 */
export class MultipartReader {
  readonly #boundary: Buffer
  #place: Place = 'preamble'
  /** What has come and could not be told yet. The first boundary may stand at the very beginning, without a line before it. */
  #held: Buffer = LINE
  #parts = 0
  #fieldBytes = 0
  /** Of the field under way. */
  #name = ''
  #value: Buffer[] = []

  /** @throws SpekaError `invalid_request` when the content type names no boundary. */
  constructor(contentType: string) {
    this.#boundary = Buffer.from(`\r\n--${boundaryIn(contentType)}`, 'latin1')
  }

  /**
   * Takes the next bytes, and tells what they complete.
   *
   * @throws SpekaError `invalid_request` for what is no form, `request_too_large` above {@link formLimits}.
   */
  push(bytes: Bytes): FormEvent[] {
    const events: FormEvent[] = []
    const chunk = asBuffer(bytes)
    let rest = this.#held.length === 0 ? chunk : Buffer.concat([this.#held, chunk])
    this.#held = NOTHING
    while (rest.length > 0 && this.#place !== 'end') {
      const next = this.#step[this.#place](rest, events)
      if (next === undefined) {
        this.#held = rest
        return events
      }
      rest = next.from
      if (next.waits) {
        this.#held = Buffer.from(rest)
        return events
      }
    }
    return events
  }

  /** @throws SpekaError `invalid_request` when the form broke off. */
  end(): void {
    if (this.#place !== 'end') throw brokenForm('it ends before its last boundary. Send all of it')
  }

  /** What is done in each place; gives back from where to go on, or nothing when more must come first. */
  readonly #step: Readonly<Record<Exclude<Place, 'end'>, (rest: Buffer, events: FormEvent[]) => Progress | undefined>> =
    {
      preamble: (rest) => {
        const at = rest.indexOf(this.#boundary)
        if (at !== -1) return this.#behind(rest, at)
        if (rest.length > formLimits.headBytes)
          throw brokenForm('its boundary does not come. Send the one that is named')
        return undefined
      },
      boundary: (rest) => {
        if (rest.length < 2) return undefined
        if (rest[0] === DASH && rest[1] === DASH) {
          this.#place = 'end'
          return { from: NOTHING, waits: false }
        }
        const line = rest.indexOf(LINE)
        if (!/^[ \t]*$/.test(rest.toString('latin1', 0, line === -1 ? rest.length : line).replace(/\r$/, '')))
          throw brokenForm('a boundary has something behind it')
        if (line === -1) {
          if (rest.length > formLimits.headBytes) throw brokenForm('a boundary has something behind it')
          return undefined
        }
        this.#parts += 1
        if (this.#parts > formLimits.parts)
          throw new SpekaError('request_too_large', `The form has more than ${formLimits.parts} parts. Send fewer.`)
        this.#place = 'head'
        return { from: rest.subarray(line + LINE.length), waits: false }
      },
      head: (rest, events) => {
        const at = rest.indexOf(END_OF_HEAD)
        if (at === -1 ? rest.length > formLimits.headBytes : at > formLimits.headBytes)
          throw brokenForm(`a part has headers of more than ${formLimits.headBytes} bytes`)
        if (at === -1) return undefined
        const { name, filename, contentType } = readPartHead(decoded(rest.subarray(0, at)))
        if (filename === undefined) {
          this.#place = 'field'
          this.#name = name
        } else {
          this.#place = 'file'
          events.push({ kind: 'file', head: { name, filename, contentType } })
        }
        // The line that ends the headers may be the one that the next boundary begins with: a part may be empty.
        return { from: rest.subarray(at + LINE.length), waits: false }
      },
      field: (rest, events) =>
        this.#body(
          rest,
          (bytes) => {
            this.#fieldBytes += bytes.length
            if (this.#fieldBytes > formLimits.fieldBytes)
              throw new SpekaError(
                'request_too_large',
                `The fields of the form have more than ${formLimits.fieldBytes / 1024 / 1024} MiB. Send less, or send it as a file.`,
              )
            this.#value.push(Buffer.from(bytes))
          },
          () => {
            events.push({ kind: 'field', name: this.#name, value: decoded(Buffer.concat(this.#value)) })
            this.#value = []
          },
        ),
      file: (rest, events) =>
        this.#body(
          rest,
          (bytes) => events.push({ kind: 'bytes', bytes }),
          () => {},
        ),
    }

  /** The line before a part's body is not cut off yet: it is as long as the beginning of a boundary. */
  #begun = false

  /** Tells the body of a part as far as it has come. */
  #body(rest: Buffer, take: (bytes: Buffer) => void, end: () => void): Progress | undefined {
    const at = rest.indexOf(this.#boundary)
    const whole = at !== -1
    // From here on it could be a boundary that has not come whole.
    const until = whole ? at : rest.length - this.#boundary.length + 1
    const from = this.#begun ? 0 : LINE.length
    if (!whole && until <= from) return undefined
    this.#begun = true
    if (until > from) take(rest.subarray(from, until))
    if (!whole) return { from: rest.subarray(until), waits: true }
    this.#begun = false
    end()
    return this.#behind(rest, at)
  }

  #behind(rest: Buffer, at: number): Progress {
    this.#place = 'boundary'
    return { from: rest.subarray(at + this.#boundary.length), waits: false }
  }
}

/** What is still to be read, and whether more must come before it can be. */
interface Progress {
  readonly from: Buffer
  readonly waits: boolean
}

const decoded = (bytes: Buffer): string => {
  try {
    return utf8.decode(bytes)
  } catch (cause) {
    throw new SpekaError('invalid_request', 'The form is not valid UTF-8 outside of its files. Send it as UTF-8.', {
      cause,
    })
  }
}

/** Whether a body is a form, by its content type. */
export const isForm = (contentType: string | undefined): boolean =>
  contentType !== undefined && /^multipart\/form-data[ \t]*(?:;|$)/i.test(contentType)

function boundaryIn(contentType: string): string {
  const [, quoted, bare] = /;[ \t]*boundary=(?:"([^"]*)"|([^;\s]+))/i.exec(contentType) ?? []
  const boundary = quoted ?? bare
  if (boundary === undefined || !BOUNDARY.test(boundary))
    throw brokenForm('its content type names no boundary. Let the client write the header')
  return boundary
}
