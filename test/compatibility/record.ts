import { readdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'

const folder = join(import.meta.dirname, 'recorded')

/**
 * What was found out of one feature: it works; it does not, which a test shows; or the client has no way to ask for it.
 */
export type Verdict = 'works' | 'fails' | 'lacks'

export interface Finding {
  readonly verdict: Verdict
  /** What has to be known of it. */
  readonly note?: string
}

/** What the tests found out of one client, or of one model server behind the gateway. Clients that rank do nothing else. */
export interface Findings {
  readonly id: string
  /** As the document calls it. */
  readonly name: string
  /** Where it stands in the document. */
  readonly place: number
  readonly kind: 'client' | 'message client' | 'ranking client' | 'model server'
  /** The versions that were run. */
  readonly versions: Readonly<Record<string, string>>
  readonly features: Readonly<Record<string, Finding>>
}

const fileOf = (id: string): string => join(folder, `${id}.json`)

const asText = (findings: Findings): string => `${JSON.stringify(findings, null, 2)}\n`

/** Whether tests write down what they find out, rather than compare it with what is written. */
export const isRecording = process.env['SPEKA_RECORD'] === '1'

export const writeFindings = (findings: Findings): void => writeFileSync(fileOf(findings.id), asText(findings))

/** @throws when nothing is recorded under that id. */
export const recordedFindings = (id: string): Findings => JSON.parse(readFileSync(fileOf(id), 'utf8')) as Findings

/** All that is recorded, in the order of the document. */
export function allFindings(): Findings[] {
  const ids = readdirSync(folder).map((name) => name.replace(/\.json$/, ''))
  return ids.map(recordedFindings).toSorted((one, other) => one.place - other.place)
}
