import { AnswerCheck, type CheckListener } from './answer-check.ts'
import type { Shape } from './shapes.ts'

/** What was found out about the answers of a gateway. */
export interface Findings {
  /** How many values were validated as each shape: a gate that nothing went through proves nothing. */
  readonly checked: ReadonlyMap<Shape, number>
  /** @throws Error with all that deviated from OpenAI's description since the last call. */
  verify(): void
}

/** A `fetch` that looks at every answer on its way to the caller, who gets it unchanged. */
export type ConformingFetch = typeof fetch & Findings

/**
 * Wraps a `fetch` that asks a gateway. A deviation does not disturb the caller, who might take it for an error it
 * expects: call `verify()` after each test.
 *
 * @param ask by default the global `fetch`.
 * @example
 * const wire = conformingFetch()
 * const client = new OpenAI({ baseURL, apiKey, fetch: wire })
 * afterEach(() => wire.verify())
 */
export function conformingFetch(ask: typeof fetch = fetch): ConformingFetch {
  const { findings, listener } = collectFindings()
  const wire: typeof fetch = async (input, init) => {
    const response = await ask(input, init)
    const url = new URL(input instanceof Request ? input.url : input)
    const method = init?.method ?? (input instanceof Request ? input.method : 'GET')
    if (!url.pathname.startsWith('/v1/') || response.body === null) return response
    const head = { status: response.status, header: (name: string) => response.headers.get(name) }
    const check = new AnswerCheck(
      { method: method.toUpperCase(), path: url.pathname, body: init?.body },
      head,
      listener,
    )
    const passing = new TransformStream<Uint8Array, Uint8Array>({
      transform(chunk, controller) {
        check.push(chunk)
        controller.enqueue(chunk)
      },
      flush: () => check.end(),
    })
    return new Response(response.body.pipeThrough(passing), response)
  }
  return Object.assign(wire, findings)
}

/** Findings, and who collects them. */
export function collectFindings(): { findings: Findings; listener: CheckListener } {
  const checked = new Map<Shape, number>()
  const deviations = new Set<string>()
  return {
    listener: {
      checked: (shape) => void checked.set(shape, (checked.get(shape) ?? 0) + 1),
      deviates: (what) => void deviations.add(what),
    },
    findings: {
      checked,
      verify() {
        const found = [...deviations]
        deviations.clear()
        if (found.length > 0)
          throw new Error(`Deviations from OpenAI's description (${found.length}):\n${found.join('\n')}`)
      },
    },
  }
}
