import type { Callbacks } from '@langchain/core/callbacks/manager'
import type { RunnableConfig } from '@langchain/core/runnables'

/** What LangChain takes out of a call's options before the model sees them, and the model still needs. */
export interface RunContext {
  readonly callbacks: Callbacks | undefined
  readonly tags: readonly string[]
}

/** A symbol: tracers, caches and JSON pass it by. */
const context = Symbol('speka.run-context')

/** Leaves a note of the run in the options of one call. */
export function rememberRun(callOptions: object, { callbacks, tags }: RunnableConfig): void {
  const run: RunContext = { callbacks, tags: tags ?? [] }
  Object.assign(callOptions, { [context]: run })
}

/** What was noted; nothing when a model's inner methods are called by hand. */
export const runOf = (callOptions: object): RunContext =>
  (callOptions as { [context]?: RunContext })[context] ?? { callbacks: undefined, tags: [] }
