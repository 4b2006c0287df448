import { Worker } from 'node:worker_threads'
import type { SpekaError } from '@speka/core'
import type { Failure } from '../storage-failure.ts'
import type { Folding } from '../store.ts'
import type { FromProjector, ToProjector } from './answer-projector.ts'
import type { ProjectorQuestions } from './projector-questions.ts'

export interface ProjectorThreadOptions<Data> {
  /** The module of the thread, which calls `answerProjector`. */
  readonly worker: URL
  /** What that is started with. */
  readonly data: Data
  readonly onFolding: (folding: Folding) => void
  readonly onTrouble: (error: SpekaError) => void
  /** Turns a failure into the error for whoever asked. */
  readonly errorOf: (failure: Failure) => SpekaError
  /** What is said to whoever asks after the end. */
  readonly closed: SpekaError
}

/** The main thread's end of the line to the projections. It keeps the process alive only while something is unanswered. */
export interface ProjectorThread {
  /** @throws SpekaError */
  ask<K extends keyof ProjectorQuestions>(
    about: K,
    ...args: Parameters<ProjectorQuestions[K]>
  ): Promise<Awaited<ReturnType<ProjectorQuestions[K]>>>
  /** Has it fold what the ledger has. @param owners this process as an owner of rows, where that matters. */
  follow(owners?: readonly number[]): void
  close(): Promise<void>
}

/** How long a question waits until old records are added up, in ms: as long as somebody looks at a page that loads. */
export const FOLD_WAIT_MS = 2000

/** For what is new on the thread's heap: a batch of rows, or a page of them, goes as soon as it has come. */
const YOUNG_MIB = 24

interface Question {
  resolve(value: unknown): void
  reject(error: SpekaError): void
}

/** A thread that is started when it is first needed, and again should it die: all it holds is in the files. */
export function projectorThread<Data>(options: ProjectorThreadOptions<Data>): ProjectorThread {
  const { onFolding, onTrouble, errorOf, closed } = options
  const questions = new Map<number, Question>()
  let asked = 0
  let worker: Worker | undefined
  let exited: Promise<void> | undefined
  let open = true

  function start(): Worker {
    const started = new Worker(options.worker, {
      workerData: options.data,
      name: 'speka-projector',
      execArgv: ['--disable-warning=ExperimentalWarning', ...whereSource],
      resourceLimits: { maxYoungGenerationSizeMb: YOUNG_MIB },
    })
    started.unref()
    started.on('message', hear)
    let cause = new Error('it has ended')
    started.once('error', (error) => (cause = error as Error))
    exited = new Promise((resolve) =>
      started.once('exit', () => {
        worker = undefined
        fail(open ? errorOf({ kind: 'other', detail: cause.message }) : closed)
        resolve()
      }),
    )
    return started
  }

  function hear(message: FromProjector): void {
    if ('folding' in message) onFolding(message.folding)
    else if ('trouble' in message) onTrouble(errorOf(message.trouble))
    else {
      const question = questions.get(message.answered)
      questions.delete(message.answered)
      // First, since what is told below may ask again.
      if (questions.size === 0) worker?.unref()
      if (message.failure === undefined) question?.resolve(message.value)
      else question?.reject(errorOf(message.failure))
    }
  }

  function fail(error: SpekaError): void {
    for (const question of questions.values()) question.reject(error)
    questions.clear()
  }

  function post(message: ToProjector): void {
    worker ??= start()
    if (questions.size > 0) worker.ref()
    // oxlint-disable-next-line unicorn/require-post-message-target-origin -- a thread has no origin
    worker.postMessage(message)
  }

  return {
    ask(about, ...args) {
      if (!open) return Promise.reject(closed)
      return new Promise((resolve, reject) => {
        asked += 1
        questions.set(asked, { resolve: resolve as (value: unknown) => void, reject })
        post({ ask: asked, about, with: args })
      })
    },
    follow(owners = []) {
      if (open) post({ follow: owners })
    },
    async close() {
      open = false
      if (worker === undefined) return
      // Its end is waited for: until then the process must not end for want of anything to do.
      worker.ref()
      post({ close: true })
      await exited
    },
  }
}

/** Source asks for the source of other packages. */
const whereSource = import.meta.url.endsWith('.ts') ? ['--conditions=@speka/source'] : []
