import type { IExecuteFunctions, INodeExecutionData, INodeProperties } from 'n8n-workflow'
import type { ErrorPlace, RunBudget, SpekaClient } from '../shared/index.ts'

/** What an action has at hand for one item. */
export interface ActionContext {
  readonly n8n: IExecuteFunctions
  readonly itemIndex: number
  /** For the errors it makes itself. */
  readonly place: ErrorPlace
  readonly client: SpekaClient
  /** What is left of the cost limit of the run, when there is one. */
  readonly budget: RunBudget | undefined
}

/** One operation of one resource: what the editor shows, and what happens for each item. */
export interface Action {
  readonly fields: INodeProperties[]
  /** The fields of its output that an agent needs, of which the node is a tool. Default: all. */
  readonly essentials?: readonly string[]
  run(context: ActionContext): Promise<Output | Output[]>
}

/** What comes out for an item: several items where it stands for a list. */
export type Output = Pick<INodeExecutionData, 'json' | 'binary'>
