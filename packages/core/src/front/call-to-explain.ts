import type { Call } from '../operations/call.ts'
import { operations } from '../operations/operations.ts'
import type { CallFacts } from '../wire/call-facts.ts'
import { operationNames, type OperationName } from '../wire/operation-name.ts'

/** A request to be explained: what would be sent, or only the model and the preferences. */
export type RequestToExplain = Readonly<Record<string, unknown>>

/**
 * Makes a call of a request that will not be sent, so it may lack what only an upstream needs.
 *
 * @param usual the operation to assume when the request has no field that tells.
 * @throws SpekaError for wrong fields, as the endpoint itself does.
 */
export function callToExplain(request: RequestToExplain, facts: CallFacts, usual: OperationName): Call {
  const says = (name: OperationName): boolean => request[operations[name].tellingField] !== undefined
  const told = says(usual) ? usual : operationNames.find(says)
  const { saying, write } = operations[told ?? usual]
  return write({ ...saying(''), ...request }, facts, NO_TOKENS)
}

/** What tokens say makes no difference here: each counts as a letter. */
const NO_TOKENS = { decode: (tokens: readonly number[]) => 'x'.repeat(tokens.length) }
