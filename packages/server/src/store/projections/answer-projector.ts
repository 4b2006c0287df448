import { parentPort } from 'node:worker_threads'
import type { Failure } from '../storage-failure.ts'
import type { Folding } from '../store.ts'
import type { ProjectorQuestions } from './projector-questions.ts'

/** What the main thread sends. */
export type ToProjector =
  | { readonly ask: number; readonly about: keyof ProjectorQuestions; readonly with: readonly unknown[] }
  | { readonly follow: readonly number[] }
  | { readonly close: true }

/** What it gets back: an answer to each question, in the order in which they are found, and news. */
export type FromProjector =
  | { readonly answered: number; readonly value?: unknown; readonly failure?: Failure }
  | { readonly folding: Folding }
  | { readonly trouble: Failure }

/** Follows the ledger's rows, and answers from what it has made of them. */
export interface Projector {
  readonly questions: ProjectorQuestions
  /** Folds what there is, in the background. @param owners this process as an owner of rows, where that matters. */
  follow(owners: readonly number[]): void | Promise<void>
  close(): void | Promise<void>
}

/** To whom a projector tells its news. */
export interface ProjectorNews {
  /** Told how far it is, while many rows are being folded. */
  readonly onFolding: (folding: Folding) => void
  /** Told why rows cannot be folded at the moment, where nobody has asked. */
  readonly onTrouble: (failure: Failure) => void
}

// oxlint-disable-next-line unicorn/require-post-message-target-origin -- a thread has no origin
const say = (message: FromProjector) => parentPort?.postMessage(message)

/** Makes this thread the other end of `projectorThread`. */
export function answerProjector(
  open: (news: ProjectorNews) => Projector,
  failureOf: (error: unknown) => Failure,
): void {
  const { questions, follow, close } = open({
    onFolding: (folding) => say({ folding }),
    onTrouble: (trouble) => say({ trouble }),
  })

  async function answer({ ask, about, with: args }: Extract<ToProjector, { ask: number }>): Promise<void> {
    try {
      const question = questions[about] as (...args: readonly unknown[]) => Promise<unknown>
      say({ answered: ask, value: await question(...args) })
    } catch (error) {
      say({ answered: ask, failure: failureOf(error) })
    }
  }

  async function end(): Promise<void> {
    // What is still being folded ends with the thread: its transaction is over, or comes to nothing.
    await Promise.resolve(close()).finally(() => process.exit())
  }

  parentPort?.on('message', (message: ToProjector) => {
    if ('ask' in message) void answer(message)
    else if ('follow' in message) void follow(message.follow)
    else void end()
  })
}
