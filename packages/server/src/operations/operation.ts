import { SpekaError } from '@speka/core'
import { z } from 'zod'
import type { Actor } from '../actor.ts'
import type { Store } from '../store/store.ts'
import type { Collector } from './collector.ts'
import type { GatewayView } from './gateway-view.ts'
import type { PlansInForce } from './plans.ts'
import { demandRight, type Right } from './rights.ts'

/** What operations work with. */
export interface OperationParts {
  readonly store: Store
  /** Reads the secret that key digests depend on, or makes it. Only asked for when a key is made. */
  readonly pepper: () => Promise<Buffer>
  /** The time in ms since the epoch. */
  readonly now: () => number
  /** What the configuration says of plans. Read when it is asked for. */
  readonly plans: () => Promise<PlansInForce>
  /** Who takes payments. Read when it is asked for. Default: nobody. */
  readonly collector?: (() => Promise<Collector | undefined>) | undefined
  /** The gateway that is running. Default: none is, as for a command beside it. */
  readonly gateway?: GatewayView | undefined
  /** Told how far something is that takes long. */
  readonly onProgress?: ((progress: { readonly done: number; readonly total: number }) => void) | undefined
  /** How many groups of usage can be had at once, where others would wait meanwhile. Default: any number. */
  readonly mostGroups?: number | undefined
}

/**
 * Something that is done to the gateway, the same way whoever asks for it: the command line, the management API.
 *
 * @param input as it came: it is checked here, field by field.
 * @throws SpekaError `invalid_value` with the field that is wrong as `param`; `permission_denied` when it is not the
 *   actor's to do; and what the operation itself says.
 */
export interface Operation<Output> {
  (parts: OperationParts, actor: Actor, input: unknown): Promise<Output>
  /** What it takes: what describes it to others is made from this. */
  readonly input: z.ZodType
  /** What it gives back; `undefined`: it has not said. */
  readonly output: z.ZodType<Output> | undefined
  readonly right: Right
}

/** How an operation is written: what it takes, what right it wants, and what it does. */
export interface OperationRule<Schema extends z.ZodType, Output> {
  readonly input: Schema
  readonly right: Right
  readonly output?: z.ZodType<Output> | undefined
  readonly run: (parts: OperationParts, input: z.output<Schema>, actor: Actor) => Promise<Output>
}

/** Makes an operation of its rule: parse, check the right, then do. */
export function operation<Schema extends z.ZodType, Output>(rule: OperationRule<Schema, Output>): Operation<Output> {
  const run = async (parts: OperationParts, actor: Actor, input: unknown): Promise<Output> => {
    const parsed = inputOf(rule.input, input)
    demandRight(actor, rule.right)
    return rule.run(parts, parsed, actor)
  }
  return Object.assign(run, { input: rule.input, output: rule.output, right: rule.right })
}

/** What was given, checked. @throws SpekaError `invalid_value` with the field that is wrong as `param` */
export function inputOf<Schema extends z.ZodType>(schema: Schema, input: unknown): z.output<Schema> {
  const parsed = schema.safeParse(input)
  if (parsed.success) return parsed.data
  throw refusedInput(parsed.error)
}

/** Whether an operation can be given a field of that name. */
export const takes = ({ input }: Pick<Operation<unknown>, 'input'>, field: string): boolean =>
  input instanceof z.ZodObject && field in input.shape

/** The first thing that is wrong with an input, in words that begin with its field. */
function refusedInput({ issues }: z.ZodError): SpekaError {
  const [issue] = issues
  if (issue === undefined) return new SpekaError('invalid_value', 'The input is not valid.')
  const [stray] = issue.code === 'unrecognized_keys' ? issue.keys : []
  if (stray !== undefined) return new SpekaError('invalid_value', `There is no field ${stray}.`, { param: stray })
  const field = issue.path.join('.')
  if (field === '') return new SpekaError('invalid_value', 'The input must be an object.')
  return new SpekaError('invalid_value', `${field} ${issue.message}.`, { param: field })
}
