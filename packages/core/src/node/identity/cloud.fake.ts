import { join } from '../../bytes/splice.ts'
import type { Headers, Transport } from '../../transport.ts'

/** A request as the world gets it. */
export interface Asked {
  readonly method: string
  readonly url: string
  readonly headers: Headers
  readonly body: string
}

export interface Said {
  readonly status?: number
  readonly headers?: Headers
  readonly body?: unknown
}

/** A world of services: each request is answered in a later turn by what `answer` says, or never. */
export function cloudOf(answer: (asked: Asked) => Said | undefined): Transport & { readonly asked: Asked[] } {
  const asked: Asked[] = []
  return {
    asked,
    send(to, request, sink) {
      const seen: Asked = {
        method: request.method,
        url: to.origin + request.path,
        headers: { ...request.headers, ...(to.credential !== '' && { credential: to.credential }) },
        body: join(request.body ?? []).toString(),
      }
      asked.push(seen)
      const said = answer(seen)
      let over = false
      if (said !== undefined)
        queueMicrotask(() => {
          if (over) return
          const { status = 200, headers = {}, body = '' } = said
          sink.head(status, headers)
          sink.data(Buffer.from(typeof body === 'string' ? body : JSON.stringify(body)))
          if (over) return
          over = true
          sink.end()
        })
      return {
        pause() {},
        resume() {},
        abort() {
          if (over) return
          over = true
          queueMicrotask(() => sink.fail({ kind: 'aborted', sent: true, cause: undefined }))
        },
      }
    },
  }
}
