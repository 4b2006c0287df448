import type { Exchange, Headers, ReplySink } from '../../transport.ts'

/** A request that is sent once the credential for it is there. */
export class SentLater implements Exchange {
  readonly #sink: ReplySink
  #sent: Exchange | undefined
  #isPaused = false
  #isOver = false

  constructor(sink: ReplySink, credential: Promise<Headers>, send: (headers: Headers) => Exchange) {
    this.#sink = sink
    void this.#run(credential, send)
  }

  pause(): void {
    this.#isPaused = true
    this.#sent?.pause()
  }

  resume(): void {
    this.#isPaused = false
    this.#sent?.resume()
  }

  abort(): void {
    // Never told from within: whoever aborts is in the middle of something.
    if (this.#sent === undefined) queueMicrotask(() => this.#fail('aborted', undefined))
    else this.#sent.abort()
  }

  async #run(credential: Promise<Headers>, send: (headers: Headers) => Exchange): Promise<void> {
    let headers: Headers
    try {
      headers = await credential
    } catch (cause) {
      this.#fail('no_credential', cause)
      return
    }
    if (this.#isOver) return
    try {
      this.#sent = send(headers)
      if (this.#isPaused) this.#sent.pause()
    } catch (cause) {
      this.#fail('other', cause)
    }
  }

  #fail(kind: 'aborted' | 'no_credential' | 'other', cause: unknown): void {
    if (this.#sent !== undefined) this.#sent.abort()
    else if (!this.#isOver) this.#sink.fail({ kind, sent: false, cause })
    this.#isOver = true
  }
}
