import { createUndiciTransport, hasProxyVariables, withIdentities, type UndiciTransport } from '@speka/core/node'
import type { Variables } from './config/settings.ts'

/**
 * The ways to the upstreams: one for each connection timeout a configuration has asked for, so that a reload keeps the
 * open connections.
 */
export class Transports {
  readonly #variables: Variables
  readonly #byConnectMs = new Map<number | undefined, UndiciTransport>()

  constructor(variables: Variables) {
    this.#variables = variables
  }

  for(connectMs: number | undefined): UndiciTransport {
    const known = this.#byConnectMs.get(connectMs)
    if (known !== undefined) return known
    const useProxyVariables = hasProxyVariables(this.#variables)
    const made = withIdentities(createUndiciTransport({ connectMs, useProxyVariables }), this.#variables)
    this.#byConnectMs.set(connectMs, made)
    return made
  }

  async close(): Promise<void> {
    await Promise.all([...this.#byConnectMs.values()].map((transport) => transport.close()))
  }
}
