const HEAD_END = Buffer.from('\r\n\r\n')
const MODEL = Buffer.from('"model":"')
/** Where Gemini is told the model. */
const MODEL_IN_PATH = /^POST [^ ]*\/models\/([^ /:]+):/

/**
 * Cuts what arrives on a connection into requests and finds the model each asks for, in its body or its path, by searching bytes: no
 * header but the length is looked at, and nothing is parsed. One request at a time: pipelining is not understood.
 */
export class RequestCutter {
  readonly #onRequest: (model: string) => void
  #head: Buffer | undefined
  #model = ''
  #left = 0

  constructor(onRequest: (model: string) => void) {
    this.#onRequest = onRequest
  }

  /** @throws Error when the bytes are no request it can read. */
  read(bytes: Buffer): void {
    if (this.#left > 0) {
      this.#body(bytes, 0)
      return
    }
    const whole = this.#head === undefined ? bytes : Buffer.concat([this.#head, bytes])
    const end = whole.indexOf(HEAD_END)
    if (end === -1) {
      this.#head = whole
      return
    }
    this.#head = undefined
    const head = whole.toString('latin1', 0, end)
    this.#left = contentLength(head)
    this.#model = MODEL_IN_PATH.exec(head)?.[1] ?? ''
    if (this.#left === 0) this.#onRequest('')
    else this.#body(whole, end + HEAD_END.length)
  }

  #body(bytes: Buffer, from: number): void {
    if (this.#model === '') this.#model = modelIn(bytes, from)
    this.#left -= bytes.length - from
    if (this.#left > 0) return
    if (this.#left < 0) throw new Error('There is more than one request.')
    const model = this.#model
    this.#model = ''
    this.#onRequest(model)
  }
}

function contentLength(head: string): number {
  const at = head.toLowerCase().indexOf('\r\ncontent-length:')
  if (at !== -1) return Number.parseInt(head.slice(at + '\r\ncontent-length:'.length), 10)
  if (/\r\ntransfer-encoding:/i.test(head)) throw new Error('Chunked requests are not understood.')
  return 0
}

function modelIn(bytes: Buffer, from: number): string {
  const at = bytes.indexOf(MODEL, from)
  if (at === -1) return ''
  const begin = at + MODEL.length
  return bytes.toString('latin1', begin, bytes.indexOf('"', begin))
}
