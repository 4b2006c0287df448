import { verdictLine, type Verdict } from '../judge.ts'
import type { Report } from './report.ts'

/** What a section of the results says about how it came to be. */
export interface Circumstances {
  readonly commit: string
  /** `2026-01-31` */
  readonly date: string
  readonly nodeVersion: string
  readonly machine: string
  readonly command: string
  readonly timing: string
  /** Whoever did not take part, and why. */
  readonly absent: readonly string[]
}

/** A section of `results.md`: the circumstances, the table, the verdicts, what was refused. */
export function section(
  { commit, date, nodeVersion, machine, command, timing, absent }: Circumstances,
  table: string,
  verdicts: readonly Verdict[],
  report: Report,
): string {
  const { windows, disturbed, most } = report.disturbance
  const ceilings = report.ceilings.map(({ title, value }) => `${title} ${value}`)
  const facts = [
    `\`${command}\` on Node ${nodeVersion}`,
    machine,
    timing,
    ...(ceilings.length > 0 ? [`load generator straight to the upstream: ${ceilings.join('; ')}`] : []),
    ...(disturbed > 0
      ? [
          `**disturbed**: in ${disturbed} of ${windows} windows other programs used more than 10 % of the server's core, at most ${Math.round(most * 100)} %`,
        ]
      : []),
    ...absent,
  ]
  return [
    `## ${commit}, ${date}`,
    list(facts),
    table,
    ...(verdicts.length > 0 ? [`Targets:\n\n${list(verdicts.map(verdictLine))}`] : []),
    ...(report.refusals.length > 0 ? [`Refused rounds:\n\n${list(report.refusals)}`] : []),
  ].join('\n\n')
}

const list = (lines: readonly string[]): string => lines.map((line) => `- ${line}`).join('\n')
