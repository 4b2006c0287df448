import { SpekaError } from '../../errors.ts'
import type { Bytes } from '../../transport.ts'
import { decisiveMembers } from '../decisive-members.ts'
import type { FormEvent } from './form-event.ts'
import { FormFile } from './form-file.ts'
import { formLimits } from './form-limits.ts'
import { MultipartReader } from './multipart-reader.ts'

/** Somewhere outside of memory, for a form that must be whole before it can be sent on. */
export interface FormStore {
  write(bytes: Bytes): Promise<void>
  /** All that was written, from its beginning. */
  read(): AsyncIterable<Bytes>
}

/** How a form is read. */
export interface FormOptions {
  /** The longest that it may be, in bytes. */
  readonly limit: number
  /** How long it says that it is, in bytes. Default: it does not say. */
  readonly length?: number | undefined
  /** Fields that must be known before it is sent on, and so may not stand behind a long file. Default: any that decide something. */
  readonly decides?: ReadonlySet<string> | undefined
  /**
   * Where to put a form whose model is not known yet when no more of it is held: then all of it is taken first. Default: nowhere, and
   * it is refused.
   *
   * @returns `undefined` when there is no such place.
   */
  readonly store?: (() => Promise<FormStore | undefined>) | undefined
}

/** What came of a form, and how it goes on coming. */
interface Source {
  readonly chunks: AsyncIterator<Bytes>
  readonly reader: MultipartReader
  readonly contentType: string
  readonly options: FormOptions
}

/** One field of a form. */
export interface FormField {
  readonly name: string
  readonly value: string
}

/**
 * A form on its way through the gateway. Its beginning is held, so that its fields are known before a target is chosen; behind that, as
 * much is taken from the caller as is sent on. As long as nothing that was held has been let go, it can be sent anew. One whose model
 * stands behind a long file is taken whole, into a store.
 */
export class FormBody {
  /** What was seen of its files. */
  readonly file = new FormFile()
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
  readonly #fields: FormField[] = []
  #isOpen = false
  /** Set for one that is in a store. */
  #store: FormStore | undefined

  private constructor(source: Source) {
    this.#source = source
  }

  /**
   * Reads a form as far as it is held.
   *
   * @throws SpekaError what {@link MultipartReader} finds, `duplicate_parameter`, `request_too_large`; what `chunks` throws.
   */
  static async open(chunks: AsyncIterator<Bytes>, contentType: string, options: FormOptions): Promise<FormBody> {
    const form = new FormBody({ chunks, reader: new MultipartReader(contentType), contentType, options })
    /** As it came, for as long as it may have to go into a store. */
    const raw: Bytes[] = []
    while (!form.#isWhole && form.#heldBytes <= formLimits.heldBytes) await form.#ask(raw)
    const isDecided = form.#isWhole || form.#fields.some(({ name }) => name === 'model')
    const store = isDecided ? undefined : await options.store?.()
    if (store !== undefined) await form.#putAway(store, raw)
    form.#isOpen = true
    return form
  }

  /** A form that is there already. */
  static of(events: readonly FormEvent[]): FormBody {
    const chunks = NOTHING_MORE[Symbol.asyncIterator]()
    const contentType = 'multipart/form-data; boundary=none'
    const form = new FormBody({
      chunks,
      reader: new MultipartReader(contentType),
      contentType,
      options: { limit: Infinity },
    })
    for (const event of events) form.#hear(event)
    form.#isWhole = true
    form.#isOpen = true
    return form
  }

  /** The fields that stand in its beginning. */
  get fields(): readonly FormField[] {
    return this.#fields
  }

  /** Whether all of it is still there to be sent anew. */
  get isThere(): boolean {
    return this.#gone === 0
  }

  /** Whether all of it has come. */
  get isWhole(): boolean {
    return this.#isWhole
  }

  /** How long its files can be at the most, in bytes. */
  get mostFileBytes(): number {
    const { length, limit } = this.#source.options
    return this.#isWhole ? this.file.bytes : Math.min(length ?? limit, limit)
  }

  /** All that it says, from its beginning. Only one at a time can go through it. */
  async *events(): AsyncGenerator<FormEvent, void> {
    if (this.#store !== undefined) {
      const reader = new MultipartReader(this.#source.contentType)
      for await (const chunk of this.#store.read()) yield* reader.push(chunk)
      return
    }
    for (let at = 0; ; at += 1) {
      while (!this.#isWhole && at >= this.#gone + this.#held.length) await this.#ask()
      const event = this.#held[at - this.#gone]
      if (at < this.#gone) throw new SpekaError('internal_error', 'The beginning of the form has been let go.')
      if (event === undefined) return
      this.#sent = Math.max(this.#sent, at + 1)
      yield event
    }
  }

  #ask(raw?: Bytes[]): Promise<void> {
    this.#asking ??= this.#take(raw).finally(() => {
      this.#asking = undefined
    })
    return this.#asking
  }

  async #take(raw?: Bytes[]): Promise<void> {
    const chunk = await this.#next()
    if (chunk === undefined) return
    raw?.push(chunk)
    for (const event of this.#source.reader.push(chunk)) this.#hear(event)
    this.#letGo()
  }

  /** What comes next; `undefined`: it was the last. */
  async #next(): Promise<Bytes | undefined> {
    const { chunks, reader, options } = this.#source
    const { value, done } = await chunks.next()
    if (done === true) {
      reader.end()
      this.#isWhole = true
      return undefined
    }
    this.#bytes += value.length
    if (this.#bytes > options.limit) throw tooLong(options.limit)
    return value
  }

  #hear(event: FormEvent): void {
    if (event.kind === 'field') this.#note(event)
    this.file.see(event)
    this.#held.push(event)
    this.#heldBytes += lengthOf(event)
  }

  /** Takes all of it, without holding it. */
  async #putAway(store: FormStore, raw: readonly Bytes[]): Promise<void> {
    this.#store = store
    this.#held.length = 0
    this.#heldBytes = 0
    for (const chunk of raw) await store.write(chunk)
    for (let chunk = await this.#next(); chunk !== undefined; chunk = await this.#next()) {
      for (const event of this.#source.reader.push(chunk)) {
        if (event.kind === 'field') this.#note(event)
        this.file.see(event)
      }
      await store.write(chunk)
    }
  }

  /** What decides where a request goes must be known before it goes there, and be there once. */
  #note({ name, value }: FormField): void {
    if (decisiveMembers.has(name) && this.#fields.some((field) => field.name === name))
      throw new SpekaError('duplicate_parameter', `The form has "${name}" twice. Send it once.`, { param: name })
    const { decides = decisiveMembers } = this.#source.options
    if (this.#isOpen && decides.has(name.replace(/\[\]$/, ''))) {
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

const tooLong = (limit: number): SpekaError =>
  new SpekaError(
    'request_too_large',
    `The form is larger than ${limit / 1024 / 1024} MiB. Send a smaller file, or cut it in several.`,
  )

const NOTHING_MORE: AsyncIterable<Bytes> = {
  [Symbol.asyncIterator]: () => ({ next: () => Promise.resolve({ value: undefined, done: true }) }),
}

/** About how much memory an event takes. */
const lengthOf = (event: FormEvent): number =>
  event.kind === 'bytes' ? event.bytes.length : event.kind === 'field' ? event.name.length + event.value.length : 100
