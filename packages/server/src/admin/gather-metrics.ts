import type { MetricsSnapshot } from '../telemetry/metrics.ts'
import { addSnapshots } from '../telemetry/metrics.ts'
import { renderMetrics } from '../telemetry/render-metrics.ts'
import { addOverviews, type Overview } from './overview.ts'

/** What one process knows. */
export interface ProcessReport {
  readonly snapshot: MetricsSnapshot
  readonly overview: Overview
  /** The Redis that it uses, and which version of it answers, if one does; absent: it uses none. */
  readonly redis?: { readonly place: string; readonly version: string | undefined } | undefined
}

/** The reports of one or several processes, for Prometheus. */
export function pageOf(reports: readonly ProcessReport[]): string {
  const { targets } = addOverviews(reports.map(({ overview }) => overview))
  return renderMetrics(addSnapshots(reports.map(({ snapshot }) => snapshot)), targets)
}
