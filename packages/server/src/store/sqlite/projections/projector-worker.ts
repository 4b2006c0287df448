import { parentPort, workerData } from 'node:worker_threads'
import type { Failure } from '../../storage-failure.ts'
import { failureOf } from '../sqlite-failure.ts'
import type { Folding } from '../../store.ts'
import { projector, type ProjectorOptions, type ProjectorQuestions } from './projector.ts'

/** What the main thread sends. */
export type ToProjector =
  | { readonly ask: number; readonly about: keyof ProjectorQuestions; readonly with: readonly unknown[] }
  | { readonly follow: true }
  | { readonly close: true }

/** What it gets back: an answer to each question, in the order in which they are found, and news. */
export type FromProjector =
  | { readonly answered: number; readonly value?: unknown; readonly failure?: Failure }
  | { readonly folding: Folding }
  | { readonly trouble: Failure }

/** What the worker is started with. */
export type ProjectorData = Omit<ProjectorOptions, 'onFolding' | 'onTrouble'>

// oxlint-disable-next-line unicorn/require-post-message-target-origin -- a thread has no origin
const say = (message: FromProjector) => parentPort?.postMessage(message)

const { questions, follow, close } = projector({
  ...(workerData as ProjectorData),
  onFolding: (folding) => say({ folding }),
  onTrouble: (trouble) => say({ trouble }),
})

parentPort?.on('message', (message: ToProjector) => {
  if ('ask' in message) void answer(message)
  else if ('follow' in message) follow()
  else {
    close()
    // What is still being folded ends with the thread; its transaction is over.
    process.exit()
  }
})

async function answer({ ask, about, with: args }: Extract<ToProjector, { ask: number }>): Promise<void> {
  try {
    const question = questions[about] as (...args: readonly unknown[]) => Promise<unknown>
    say({ answered: ask, value: await question(...args) })
  } catch (error) {
    say({ answered: ask, failure: failureOf(error) })
  }
}
