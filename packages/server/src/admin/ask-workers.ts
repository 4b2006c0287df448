import cluster, { type Worker } from 'node:cluster'

/** How long a worker has to answer, in ms: one that is busy is left out, not waited for. */
const PATIENCE_MS = 1000

interface Question {
  readonly spekaAsks: number
  readonly about: string
}

interface Answer {
  readonly spekaAsks: number
  readonly answer: unknown
}

/** What a process can be asked by its supervisor, by name. What it answers, or promises, goes from process to process as JSON. */
export type Answers = Readonly<Record<string, () => unknown>>

/** Answers the supervisor of several workers whenever it asks. In a process on its own nobody does. */
export function answerSupervisor(answers: Answers): void {
  if (cluster.worker === undefined) return
  const reply = async ({ spekaAsks, about }: Question): Promise<void> => {
    const answer = await answers[about]?.()
    process.send?.({ spekaAsks, answer } satisfies Answer)
  }
  process.on('message', (message: Partial<Question>) => {
    if (typeof message?.spekaAsks !== 'number') return
    void reply({ spekaAsks: message.spekaAsks, about: message.about ?? '' })
  })
}

let asked = 0

/** What each of the workers answers, but for those that do not. */
export async function askWorkers<T>(workers: Iterable<Worker>, about: string): Promise<T[]> {
  const answers = await Promise.all([...workers].map((worker) => ask(worker, about)))
  return answers.filter((answer) => answer !== undefined) as T[]
}

/** What one of them answers; `undefined`: nothing, or too late. */
export const askWorker = async <T>(worker: Worker, about: string): Promise<T | undefined> =>
  (await ask(worker, about)) as T | undefined

function ask(worker: Worker, about: string): Promise<unknown> {
  asked += 1
  const question: Question = { spekaAsks: asked, about }
  return new Promise((resolve) => {
    const done = (answer: unknown): void => {
      clearTimeout(patience)
      worker.off('message', hear)
      resolve(answer)
    }
    const hear = (message: Partial<Answer>): void => {
      if (message?.spekaAsks === question.spekaAsks) done(message.answer)
    }
    const patience = setTimeout(() => done(undefined), PATIENCE_MS)
    worker.on('message', hear)
    worker.send(question, (error) => {
      if (error !== null) done(undefined)
    })
  })
}
