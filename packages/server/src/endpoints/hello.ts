import type { Visit } from '../http/exchange.ts'
import { respondJson } from '../http/respond.ts'

/** Where Claude Code opens its connection while its user is still typing. */
export const HELLO_PATH = '/api/hello'

/** `HEAD /api/hello`: there is somebody here. Nobody is asked who he is, and nothing is recorded. */
export const hello = ({ id, response }: Visit): void => respondJson(response, id, { message: 'hello' })
