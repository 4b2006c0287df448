import type { ErrorCode } from '../errors.ts'
import type { Failure } from '../failure.ts'
import type { Headers } from '../transport.ts'
import type { Usage } from '../usage.ts'
import type { TranslationTarget } from './provider.ts'

/** A request, and what of it must reach the upstream. */
export interface RequestFixture {
  readonly name: string
  /** The caller's bytes, as odd as callers write them. */
  readonly body: string
  readonly target?: Partial<TranslationTarget>
  /** The upstream's request, parsed. */
  readonly sends: Readonly<Record<string, unknown>>
  readonly path?: string
  /** The caller's parameters that are left out, as the caller is told. Default: none; nobody looks where requests are written anew. */
  readonly drops?: readonly string[]
}

/** A request that the upstream's shape has no room for. */
export interface RefusedFixture {
  readonly name: string
  readonly body: string
  readonly target?: Partial<TranslationTarget>
  readonly code: ErrorCode
  /** The field at fault. */
  readonly param: string
}

/** What the caller must find in an answer, whole or streamed. */
export interface Found {
  readonly text?: string
  readonly reasoning?: string
  /** Names of the tools called, with their arguments. */
  readonly tools?: readonly (readonly [string, string])[]
  readonly finishReason?: string
  readonly id?: string
  readonly usage: Usage
}

export interface AnswerFixture {
  readonly name: string
  readonly body: string
  readonly found: Found
}

export interface StreamFixture extends AnswerFixture {
  /** How many choices it has. @default 1 */
  readonly choices?: number
}

export interface ErrorFixture {
  readonly name: string
  readonly status: number
  readonly headers?: Headers
  readonly body: string
  readonly failure: Partial<Failure>
}

/** Replies as the upstream really sends them. */
export interface ProviderFixtures {
  readonly requests: readonly RequestFixture[]
  /** Why requests are written anew, where they are: then the caller's own spelling is not looked for in them. */
  readonly writesAnew?: string
  readonly refused?: readonly RefusedFixture[]
  /** What its replies call their fields, for garbage that comes near them. Default: OpenAI's names. */
  readonly fieldNames?: readonly string[]
  readonly answers: readonly AnswerFixture[]
  /** Replies with status 200 that are not answers. */
  readonly badAnswers?: readonly { readonly name: string; readonly body: string; readonly failure: Partial<Failure> }[]
  readonly streams: readonly StreamFixture[]
  /** Streams that end in an event that says so, after how many characters of text. */
  readonly brokenStreams?: readonly {
    readonly name: string
    readonly body: string
    readonly failure: Partial<Failure>
  }[]
  readonly errors: readonly ErrorFixture[]
}
