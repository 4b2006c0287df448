import type { AdminPages } from '../endpoints/metrics.ts'
import type { AdminExchange } from '../http/exchange.ts'
import type { Method } from '../http/router.ts'
import type { Operation, OperationParts } from '../operations/operation.ts'
import { readInput } from './read-input.ts'
import { respondOutput } from './respond-output.ts'

/** What the handlers of the operator's listener are made of. */
export interface AdminParts extends AdminPages {
  readonly operations: OperationParts
}

/** One row of the management API: an operation, where it is, and how it is described. */
export interface ManagementRow {
  readonly method: Method
  /** `/api/v1/keys/{id}` */
  readonly path: string
  /** What it does for its user, in a few words. */
  readonly summary: string
  readonly operation: Operation<unknown>
  /** Default: 200 */
  readonly status?: 200 | 201 | undefined
}

/** Answers a request by the operation of its row, with the rights of whoever asks. */
export const managementHandler =
  ({ path, operation, status }: ManagementRow) =>
  ({ operations }: AdminParts) =>
  async (exchange: AdminExchange): Promise<void> => {
    const output = await operation(operations, exchange.actor, await readInput(path, exchange))
    respondOutput(exchange, status ?? 200, output)
  }
