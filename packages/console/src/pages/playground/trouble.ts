import { problemIn } from '../../api/problem.ts'

/** What went wrong, as the gateway tells it. */
export interface Trouble {
  readonly message: string
  readonly code: string
}

/** What an answer says that is none: as `/v1` tells it, or as the management API does before it has asked the engine. */
export async function troubleIn(response: Response): Promise<Trouble> {
  if (response.headers.get('content-type')?.startsWith('application/json') === true) {
    const { error } = (await response.json()) as { readonly error?: Partial<Trouble> }
    if (error?.message !== undefined) return { message: error.message, code: error.code ?? 'unknown' }
  }
  const { message, code } = await problemIn(response)
  return { message, code }
}
