import type { WindowResult } from '../load/job.ts'

/** What decides whether a round may be reported. */
export interface Evidence {
  readonly result: Pick<WindowResult, 'count' | 'errors' | 'errorWords' | 'seconds' | 'cpu'>
  /** The upstream runs on the load generator's core. */
  readonly upstreamSharesCore: boolean
  /** By process. */
  readonly nodeVersions: Readonly<Record<string, string>>
}

/** From this share of a core on, the load generator is as likely to be what is measured as the server. */
const SATURATED = 0.95
/** A server that uses this much of its core was kept busy all the same. */
const SERVER_BUSY = 0.85

/** Why a round must not be reported, in words; empty when it may be. */
export function reasonsToRefuse({ result, upstreamSharesCore, nodeVersions }: Evidence): string[] {
  return [
    ...errorsIn(result),
    ...saturated(result, upstreamSharesCore),
    ...mixed(nodeVersions),
    ...(result.count === 0 && result.errors === 0 ? ['nothing was answered'] : []),
  ]
}

/** The reason when processes run on different versions of Node: ratios between them would compare versions. */
export function mixed(nodeVersions: Readonly<Record<string, string>>): string[] {
  if (new Set(Object.values(nodeVersions)).size <= 1) return []
  const listed = Object.entries(nodeVersions).map(([name, version]) => `${name} ${version}`)
  return [`mixed Node versions (${listed.join(', ')})`]
}

/** The reason when anything failed: an error is answered faster than a request. */
export function errorsIn({ errors, errorWords }: { errors: number; errorWords: readonly string[] }): string[] {
  return errors === 0 ? [] : [`${errors} ${errors === 1 ? 'error' : 'errors'}: ${errorWords.join('; ')}`]
}

function saturated({ cpu, seconds }: Evidence['result'], upstreamSharesCore: boolean): string[] {
  if (cpu.load === undefined || cpu.server === undefined) return []
  const load = (cpu.load + (upstreamSharesCore ? (cpu.upstream ?? 0) : 0)) / seconds
  const server = cpu.server / seconds
  if (load < SATURATED || server >= SERVER_BUSY) return []
  const who = upstreamSharesCore ? 'the load generator with the upstream' : 'the load generator'
  return [`${who} was saturated (${percent(load)} of a core, the server ${percent(server)})`]
}

const percent = (share: number): string => `${Math.round(share * 100)} %`
