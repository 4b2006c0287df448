import type { components } from './schema.ts'

/** How the API tells what went wrong. RFC 9457. */
export type ProblemBody = components['schemas']['Problem']

/** A call of the management API that failed. Its message is fit to be shown. */
export class Problem extends Error {
  override readonly name = 'Problem'
  readonly status: number
  readonly code: string
  /** The field at fault, where one is. */
  readonly param: string | undefined
  /** By which the gateway's log has the details. */
  readonly requestId: string | undefined

  constructor({ detail, status, code, param }: ProblemBody, requestId?: string) {
    super(detail)
    this.status = status
    this.code = code
    this.param = param
    this.requestId = requestId
  }
}

/** What an answer says that is no success: the API's own words, or ours when something before the gateway answered. */
export async function problemIn(response: Response): Promise<Problem> {
  const requestId = response.headers.get('x-request-id') ?? undefined
  if (response.headers.get('content-type')?.startsWith('application/problem+json') === true)
    return new Problem((await response.json()) as ProblemBody, requestId)
  return new Problem(
    {
      status: response.status,
      title: response.statusText,
      code: 'no_problem',
      detail: `The gateway's address answered with status ${response.status}, and not as the gateway does. Look at what stands between this browser and it.`,
    },
    requestId,
  )
}

/** What to tell of anything that was thrown. */
export function wordsFor(error: unknown): string {
  if (error instanceof Problem) return error.message
  if (error instanceof TypeError) return 'The gateway could not be reached. Check that it is running, and try again.'
  return error instanceof Error ? error.message : String(error)
}
