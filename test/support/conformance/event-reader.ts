/** One server-sent event as it stood on the wire. */
export interface SentEvent {
  /** The `event` line; `undefined` when there was none. */
  readonly name: string | undefined
  /** The `data` lines put together; `undefined` when there was none. */
  readonly data: string | undefined
}

/**
 * Reads server-sent events from bytes that come in any pieces. Deliberately not the gateway's own reader: what both
 * misread would go unnoticed.
 */
export class EventReader {
  readonly #decoder = new TextDecoder('utf-8', { fatal: true })
  #rest = ''

  /** The events that are complete now. Comments are none. */
  read(bytes: Uint8Array): SentEvent[] {
    this.#rest += this.#decoder.decode(bytes, { stream: true })
    const blocks = this.#rest.split(/\r\n\r\n|\n\n/)
    this.#rest = blocks.pop() ?? ''
    return blocks.flatMap(eventIn)
  }

  /** What came after the last complete event: nothing, in a stream that ended well. */
  get rest(): string {
    return this.#rest
  }
}

function eventIn(block: string): SentEvent[] {
  const lines = block.split(/\r\n|\n/).filter((line) => line !== '' && !line.startsWith(':'))
  if (lines.length === 0) return []
  const data = lines.filter((line) => /^data(:|$)/.test(line)).map(valueOf)
  const name = lines.find((line) => line.startsWith('event:'))
  return [
    { name: name === undefined ? undefined : valueOf(name), data: data.length === 0 ? undefined : data.join('\n') },
  ]
}

const valueOf = (line: string): string => line.replace(/^[a-z]+:? ?/, '')
