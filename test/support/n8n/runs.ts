import { createRequire } from 'node:module'
import { DatabaseSync } from 'node:sqlite'

/** What a node put out, one entry for each time it ran. */
export interface NodeRun {
  readonly executionStatus?: string
  readonly error?: { readonly message: string; readonly description?: string; readonly [field: string]: unknown }
  readonly data?: Readonly<Record<string, readonly (readonly Item[] | null)[]>>
  readonly inputOverride?: unknown
  readonly metadata?: Readonly<Record<string, unknown>>
  readonly executionTime?: number
}

export interface Item {
  readonly json: Readonly<Record<string, unknown>>
  readonly binary?: Readonly<
    Record<string, { readonly mimeType: string; readonly fileName?: string; readonly data: string }>
  >
  readonly error?: { readonly message: string }
  readonly pairedItem?: unknown
}

/** What became of a workflow. */
export interface WorkflowRun {
  readonly error?: { readonly message: string; readonly description?: string } | undefined
  /** By the name of the node. */
  readonly nodes: Readonly<Record<string, readonly NodeRun[]>>
}

/**
 * The latest run of each workflow, by its id, from the database of an n8n that is not running.
 *
 * @param home a file in n8n's folder, whose `flatted` reads what n8n has written with it
 */
export function readRuns(database: string, home: string): Map<string, WorkflowRun> {
  const { parse } = createRequire(home)('flatted') as { parse(text: string): unknown }
  const source = new DatabaseSync(database, { readOnly: true })
  try {
    const rows = source
      .prepare(
        'SELECT e.workflowId AS id, d.data AS data FROM execution_entity e JOIN execution_data d ON d.executionId = e.id ORDER BY e.id',
      )
      .all() as { id: string; data: string }[]
    return new Map(rows.map(({ id, data }) => [id, runIn(parse(data))]))
  } finally {
    source.close()
  }
}

/** A run as n8n keeps it, in fewer layers. */
function runIn(data: unknown): WorkflowRun {
  const { resultData } = data as { resultData?: { error?: WorkflowRun['error']; runData?: WorkflowRun['nodes'] } }
  return { error: resultData?.error, nodes: resultData?.runData ?? {} }
}
