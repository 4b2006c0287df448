import { SpekaError } from '../errors.ts'

/** Why a field is refused, and what to do instead; `undefined` for a value that asks for nothing. */
export type Refusal = (value: unknown) => string | undefined

/** The same answer to every value. */
export const always =
  (message: string): Refusal =>
  () =>
    message

/** To every value but those that ask for no more than there is. */
export const unless =
  (harmless: readonly unknown[], message: string): Refusal =>
  (value) =>
    harmless.includes(value) ? undefined : message

/**
 * Refuses what an API has and Speka has not. `null` stands for absent.
 *
 * @throws SpekaError `unsupported_parameter`, with the field in `param`.
 */
export function refuseFields(
  request: Readonly<Record<string, unknown>>,
  refusals: Readonly<Record<string, Refusal>>,
): void {
  for (const param of Object.keys(refusals)) {
    const value = request[param]
    const message = value === undefined || value === null ? undefined : refusals[param]?.(value)
    if (message !== undefined) throw unsupported(param, message)
  }
}

export const unsupported = (param: string, message: string): SpekaError =>
  new SpekaError('unsupported_parameter', message, { param })
