import type { PicoUsd } from '@speka/core'

/** One thing that an export says was used: a request, or what many have used in a span of time. `undefined`: it does not say. */
export interface ExportLine {
  /** The line of the file that it begins on, from 1. */
  readonly line: number
  /** The provider's id of the answer. */
  readonly id?: string | undefined
  /** When, or since when; in ms since the epoch. */
  readonly from?: number | undefined
  /** Until when, where it is a span of time. Default: until the end of that day in UTC. */
  readonly until?: number | undefined
  readonly model?: string | undefined
  readonly requests?: number | undefined
  /** All tokens of prompts, cached ones too, as the ledger counts them. */
  readonly input?: number | undefined
  readonly output?: number | undefined
  readonly cost?: PicoUsd | undefined
  /** The line as it stands, which tells one that is there twice. */
  readonly raw: string
}

/** What kinds of exports are read. */
export const exportFormats = ['openai', 'anthropic', 'openrouter', 'csv'] as const

export type ExportFormat = (typeof exportFormats)[number]

/** What an export turned out to be. */
export interface ExportKind {
  readonly format: ExportFormat
  /** What it is called, for people. */
  readonly title: string
  /** Whether each line is a request with the provider's id, rather than a sum. */
  readonly hasIds: boolean
}

/** What of an export may be said beside it. */
export interface ExportOptions {
  /** Default: what the file looks like. */
  readonly format?: ExportFormat | undefined
  /** For a generic CSV: the columns that are called otherwise, by what they hold. */
  readonly columns?: Readonly<Record<string, string>> | undefined
}

/** Some of an export's lines, as they were read. */
export interface ExportPart {
  readonly kind: ExportKind
  readonly lines: readonly ExportLine[]
}
