import type { Server, ServerResponse } from 'node:http'
import { errorFrame, SpekaError } from '@speka/core'

/** The responses under way, so that a stop can wait for them. */
export class InFlight {
  readonly #server: Server
  readonly #open = new Set<ServerResponse>()
  #idle: (() => void) | undefined

  constructor(server: Server) {
    this.#server = server
    server.on('request', (_request, response) => {
      this.#open.add(response)
      response.on('close', () => {
        this.#open.delete(response)
        if (this.#open.size === 0) this.#idle?.()
      })
    })
  }

  get count(): number {
    return this.#open.size
  }

  /** Takes no new connections, and resolves when every response is out, or cut off after `timeoutMs`. */
  async drain(timeoutMs: number): Promise<void> {
    const timer = setTimeout(() => this.cutOff(), timeoutMs)
    const closed = new Promise<void>((resolve) => this.#server.close(() => resolve()))
    this.#server.closeIdleConnections()
    if (this.#open.size > 0) {
      await new Promise<void>((resolve) => {
        this.#idle = resolve
      })
    }
    clearTimeout(timer)
    this.#server.closeAllConnections()
    await closed
  }

  /** Ends what is left: streams with an error event, the rest by closing the connection. */
  cutOff(): void {
    const error = errorFrame(
      new SpekaError('server_shutdown', 'The gateway is stopping before this answer was finished. Try again.'),
    )
    for (const response of this.#open) {
      const isStream = String(response.getHeader('content-type') ?? '').startsWith('text/event-stream')
      if (response.headersSent && isStream) response.write(error, () => response.destroy())
      else response.destroy()
    }
  }
}
