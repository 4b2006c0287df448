import type { WorkflowRun } from '../support/n8n/runs.ts'

/** What the editor shows of one call of a chat model. */
export interface Trace {
  readonly tokenUsage?: { promptTokens: number; completionTokens: number; totalTokens: number; cost?: number }
  readonly response?: { generations: { text: string; generationInfo: Record<string, unknown> }[][] }
}

/** The calls of a chat model in a run. */
export const traceIn = (run: WorkflowRun | undefined, node: string): Trace[] =>
  (run?.nodes[node] ?? []).map(({ data }) => (data?.['ai_languageModel']?.[0]?.[0]?.json ?? {}) as Trace)
