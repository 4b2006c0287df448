import { parentPort, workerData } from 'node:worker_threads'
import { failureOf } from '../sqlite-failure.ts'
import type { FromWorker, WorkerData } from './worker.ts'

type Asked<Questions> =
  | { readonly ask: number; readonly about: keyof Questions; readonly with: readonly unknown[] }
  | { readonly close: true }

// oxlint-disable-next-line unicorn/require-post-message-target-origin -- a thread has no origin
const say = (message: FromWorker): void => parentPort?.postMessage(message)

/** What a thread has open. */
interface Opened<Questions> {
  readonly questions: Questions
  close(): void
}

/**
 * Makes this thread the other end of `startSqliteThread`, for a file that takes no records.
 *
 * @param open opens the file at a path, or throws what `failureOf` tells apart.
 */
export function answerQuestions<Questions>(open: (path: string) => Opened<Questions>): void {
  try {
    const { questions, close } = open((workerData as WorkerData).path)
    parentPort?.on('message', (message: Asked<Questions>) => {
      if ('ask' in message) say(answer(questions, message))
      else {
        close()
        parentPort?.close()
      }
    })
    say({ opened: true })
  } catch (error) {
    say({ refused: failureOf(error) })
  }
}

function answer<Questions>(
  questions: Questions,
  { ask, about, with: args }: Extract<Asked<Questions>, { ask: number }>,
): FromWorker {
  try {
    const question = questions[about] as (...args: readonly unknown[]) => unknown
    return { answered: ask, value: question(...args) }
  } catch (error) {
    return { answered: ask, failure: failureOf(error) }
  }
}
