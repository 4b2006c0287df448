import { z } from 'zod'
import type { Actor } from '../actor.ts'
import { takes, type Operation, type OperationParts } from '../operations/operation.ts'

/** How much of a list comes at once, unless more or less is asked for. */
const USUAL_PAGE = 100

/** A part of a list. */
export interface Page {
  readonly data: readonly unknown[]
  /** What to say as `after` to get what follows; `null`: nothing does. */
  readonly next: string | null
}

/** Whether an operation gives a list, whole or in parts. */
export const isList = ({ output }: Pick<Operation<unknown>, 'output'>): boolean => output instanceof z.ZodArray

/** Whether it gives a part of a list at a time. */
const isPaged = (operation: Operation<unknown>): boolean => isList(operation) && takes(operation, 'after')

/** Runs an operation. Of a list comes a part, which says where the next one begins. */
export async function asPage(
  operation: Operation<unknown>,
  input: Readonly<Record<string, unknown>>,
  parts: OperationParts,
  actor: Actor,
): Promise<unknown> {
  if (!isPaged(operation)) {
    const output = await operation(parts, actor, input)
    return Array.isArray(output) ? ({ data: output, next: null } satisfies Page) : output
  }
  const { limit = USUAL_PAGE } = input
  const data = (await operation(parts, actor, { ...input, limit })) as readonly {
    readonly id?: unknown
    readonly n?: unknown
    readonly number?: unknown
  }[]
  // Entries of the audit go by their number, since their id is what they are about; so do invoices.
  const end = data.length === Number(limit) ? data.at(-1) : undefined
  const last = end?.n ?? end?.number ?? end?.id
  return { data, next: last === undefined ? null : String(last) } satisfies Page
}
