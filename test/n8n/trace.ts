import type { WorkflowRun } from '../support/n8n/runs.ts'
import type { World } from './topic.ts'

/** What the editor shows of one call of a chat model. */
export interface Trace {
  readonly tokenUsage?: { promptTokens: number; completionTokens: number; totalTokens: number; cost?: number }
  readonly response?: { generations: { text: string; generationInfo: Record<string, unknown> }[][] }
}

/** The calls of a chat model in a run. */
export const traceIn = (run: WorkflowRun | undefined, node: string): Trace[] =>
  (run?.nodes[node] ?? []).map(({ data }) => (data?.['ai_languageModel']?.[0]?.[0]?.json ?? {}) as Trace)

/** The same, of a workflow of the batch. */
export const traceOf = ({ runs }: World, workflow: string, node = 'Model'): Trace[] => traceIn(runs[workflow], node)
