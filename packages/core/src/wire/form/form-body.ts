import { SpekaError } from '../../errors.ts'
import type { Bytes } from '../../transport.ts'
import { decisiveMembers } from '../decisive-members.ts'
import type { FormEvent } from './form-event.ts'
import { formLimits } from './form-limits.ts'
import { MultipartReader } from './multipart-reader.ts'

/** What came of a form, and how it goes on coming. */
interface Source {
  readonly chunks: AsyncIterator<Bytes>
  readonly reader: MultipartReader
  /** The longest that the form may be, in bytes. */
  readonly limit: number
}

/**
 * A form on its way through the gateway. Its beginning is held, so that its fields are known before a target is chosen; behind that, as
 * much is taken from the caller as is sent on. As long as nothing that was held has been let go, it can be sent anew.
 */
export class FormBody {
  readonly #source: Source
  /** Events that were taken from the source and may be needed again. */
  readonly #held: FormEvent[] = []
  #heldBytes = 0
  /** How many events were let go before those that are held, and how many were sent. */
  #gone = 0
  #sent = 0
  #bytes = 0
  #isWhole = false
  /** Set while the source is asked, so that it is not asked twice at once. */
  #asking: Promise<void> | undefined
  /** The fields that are known so far, and those of them that may be there once. */
  readonly #fields: { readonly name: string; readonly value: string }[] = []
  #isOpen = false

  private constructor(source: Source) {
    this.#source = source
  }

  /**
   * Reads a form as far as it is held.
   *
   * @param limit the longest that it may be, in bytes.
   * @throws SpekaError what {@link MultipartReader} finds, `duplicate_parameter`, `request_too_large`; what `chunks` throws.
   */
  static async open(chunks: AsyncIterator<Bytes>, contentType: string, limit: number): Promise<FormBody> {
    const form = new FormBody({ chunks, reader: new MultipartReader(contentType), limit })
    while (!form.#isWhole && form.#heldBytes <= formLimits.heldBytes) await form.#ask()
    form.#isOpen = true
    return form
  }

  /** The fields that stand in its beginning. */
  get fields(): readonly { readonly name: string; readonly value: string }[] {
    return this.#fields
  }

  /** Whether all of it is still there to be sent anew. */
  get isThere(): boolean {
    return this.#gone === 0
  }

  /** All that it says, from its beginning. Only one at a time can go through it. */
  async *events(): AsyncGenerator<FormEvent, void> {
    for (let at = 0; ; at += 1) {
      while (!this.#isWhole && at >= this.#gone + this.#held.length) await this.#ask()
      const event = this.#held[at - this.#gone]
      if (at < this.#gone) throw new SpekaError('internal_error', 'The beginning of the form has been let go.')
      if (event === undefined) return
      this.#sent = Math.max(this.#sent, at + 1)
      yield event
    }
  }

  #ask(): Promise<void> {
    this.#asking ??= this.#take().finally(() => {
      this.#asking = undefined
    })
    return this.#asking
  }

  async #take(): Promise<void> {
    const { chunks, reader, limit } = this.#source
    const { value, done } = await chunks.next()
    if (done === true) {
      reader.end()
      this.#isWhole = true
      return
    }
    this.#bytes += value.length
    if (this.#bytes > limit)
      throw new SpekaError(
        'request_too_large',
        `The form is larger than ${limit / 1024 / 1024} MiB. Send a smaller file, or cut it in several.`,
      )
    for (const event of reader.push(value)) {
      if (event.kind === 'field') this.#note(event)
      this.#held.push(event)
      this.#heldBytes += lengthOf(event)
    }
    this.#letGo()
  }

  /** What decides where a request goes must be known before it goes there, and be there once. */
  #note({ name, value }: { readonly name: string; readonly value: string }): void {
    const decides = decisiveMembers.has(name)
    if (decides && this.#fields.some((field) => field.name === name))
      throw new SpekaError('duplicate_parameter', `The form has "${name}" twice. Send it once.`, { param: name })
    if (decides && this.#isOpen) {
      const message = `"${name}" stands behind a file of more than ${formLimits.heldBytes / 1024 / 1024} MiB. Put it before the file.`
      throw new SpekaError('invalid_value', message, { param: name })
    }
    this.#fields.push({ name, value })
  }

  /** What was sent is let go, the oldest first, as soon as more is there than is held. */
  #letGo(): void {
    while (this.#isOpen && this.#heldBytes > formLimits.heldBytes && this.#gone < this.#sent) {
      const event = this.#held.shift()
      this.#heldBytes -= event === undefined ? 0 : lengthOf(event)
      this.#gone += 1
    }
  }
}

/** About how much memory an event takes. */
const lengthOf = (event: FormEvent): number =>
  event.kind === 'bytes' ? event.bytes.length : event.kind === 'field' ? event.name.length + event.value.length : 100
