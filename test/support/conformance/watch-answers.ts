import type { IncomingMessage, OutgoingHttpHeader, Server, ServerResponse } from 'node:http'
import { isAnthropics } from '../../../packages/server/src/http/envelope.ts'
import { AnswerCheck, type CheckListener } from './answer-check.ts'
import { collectFindings, type Findings } from './conforming-fetch.ts'

/**
 * Looks at every answer of `/v1` that a server in this process gives in OpenAI's words, however its client reads it: what a test sends byte by
 * byte over a socket is answered under the same eyes.
 */
export function watchServer(server: Server): Findings {
  const { findings, listener } = collectFindings()
  server.prependListener('request', (request, response) => watchAnswer(request, response, listener))
  return findings
}

/** Looks at one answer, as it is handed to Node. To be called before anything is written. */
export function watchAnswer(request: IncomingMessage, response: ServerResponse, listener: CheckListener): void {
  const { method = '', url = '' } = request
  const path = url.split('?', 1)[0] ?? ''
  if (!path.startsWith('/v1/') || isAnthropics(request)) return
  let check: AnswerCheck | undefined
  tap(response, {
    head(status, header) {
      check = new AnswerCheck({ method, path }, { status, header }, listener)
    },
    body: (bytes) => check?.push(bytes),
    end: () => check?.end(),
  })
}

interface Tap {
  head(status: number, header: (name: string) => string | undefined): void
  body(bytes: Uint8Array): void
  end(): void
}

/** Headers as Node takes them: by name, or names and values in turn. */
type GivenHeaders = Record<string, OutgoingHttpHeader> | readonly OutgoingHttpHeader[]

const pairsOf = (given: GivenHeaders): [string, OutgoingHttpHeader][] =>
  isInTurn(given)
    ? given.flatMap((name, at): [string, OutgoingHttpHeader][] =>
        at % 2 === 0 ? [[String(name), given[at + 1] ?? '']] : [],
      )
    : Object.entries(given)

const isInTurn = (given: GivenHeaders): given is readonly OutgoingHttpHeader[] => Array.isArray(given)

/** Node keeps no copy of what it sends, so what it is given is looked at first. */
function tap(response: ServerResponse, { head, body, end }: Tap): void {
  const { writeHead, write, end: finish } = response
  let ended = false
  response.writeHead = ((status: number, ...rest: unknown[]) => {
    const given = rest.find((one) => typeof one === 'object') as GivenHeaders | undefined
    const headers = new Map(pairsOf(given ?? {}).map(([name, value]) => [name.toLowerCase(), String(value)]))
    head(status, (name) => headers.get(name) ?? response.getHeader(name)?.toString())
    return Reflect.apply(writeHead, response, [status, ...rest])
  }) as typeof writeHead
  response.write = ((...given: unknown[]) => {
    pass(given[0])
    return Reflect.apply(write, response, given)
  }) as typeof write
  response.end = ((...given: unknown[]) => {
    if (!ended) {
      ended = true
      pass(given[0])
      end()
    }
    return Reflect.apply(finish, response, given)
  }) as typeof finish

  function pass(piece: unknown): void {
    if (typeof piece === 'string') body(Buffer.from(piece))
    else if (piece instanceof Uint8Array) body(piece)
  }
}
