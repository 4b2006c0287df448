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
  run(context: ActionContext): Promise<Pick<INodeExecutionData, 'json' | 'binary'>>
}
