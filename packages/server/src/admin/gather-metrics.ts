import cluster, { type Worker } from 'node:cluster'
import { addSnapshots, type MetricsSnapshot } from '../telemetry/metrics.ts'
import { renderMetrics, type TargetState } from '../telemetry/render-metrics.ts'

/** What one process knows. */
export interface ProcessReport {
  readonly snapshot: MetricsSnapshot
  readonly targets: readonly TargetState[]
}

/** How long a worker has to answer, in ms: one that is busy is left out of this report, not waited for. */
const PATIENCE_MS = 1000

interface Question {
  readonly spekaMetrics: number
}

interface Answer extends Question {
  readonly report: ProcessReport
}

/** Answers the supervisor of several workers whenever it asks. In a process on its own nobody does. */
export function answerSupervisor(report: () => ProcessReport): void {
  if (cluster.worker === undefined) return
  process.on('message', (message: Partial<Question>) => {
    if (typeof message?.spekaMetrics === 'number')
      process.send?.({ spekaMetrics: message.spekaMetrics, report: report() } satisfies Answer)
  })
}

let asked = 0

/** What all workers know, as one page. */
export async function gatherFromWorkers(workers: Iterable<Worker>): Promise<string> {
  const reports = await Promise.all([...workers].map(reportOf))
  return pageOf(reports.filter((report) => report !== undefined))
}

function reportOf(worker: Worker): Promise<ProcessReport | undefined> {
  asked += 1
  const question: Question = { spekaMetrics: asked }
  return new Promise((resolve) => {
    const done = (report: ProcessReport | undefined): void => {
      clearTimeout(patience)
      worker.off('message', hear)
      resolve(report)
    }
    const hear = (message: Partial<Answer>): void => {
      if (message?.spekaMetrics === question.spekaMetrics) done(message.report)
    }
    const patience = setTimeout(() => done(undefined), PATIENCE_MS)
    worker.on('message', hear)
    worker.send(question, (error) => {
      if (error !== null) done(undefined)
    })
  })
}

/** The reports of one or several processes. Of the states that they have seen of one target, the worst is shown. */
export function pageOf(reports: readonly ProcessReport[]): string {
  const targets = new Map<string, TargetState>()
  for (const target of reports.flatMap((report) => report.targets)) {
    const key = `${target.model}\n${target.provider}`
    const known = targets.get(key)
    if (known === undefined || BADNESS[target.state] > BADNESS[known.state]) targets.set(key, target)
  }
  return renderMetrics(addSnapshots(reports.map(({ snapshot }) => snapshot)), [...targets.values()])
}

const BADNESS: Readonly<Record<TargetState['state'], number>> = { closed: 0, half_open: 1, open: 2 }
