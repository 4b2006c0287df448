import type { Failure, Told } from '../failure.ts'
import type { KeyRing } from '../health/key-ring.ts'
import type { AnswerFacts, AttemptResult } from './attempt.ts'
import { redactor, type Redact } from './secrets.ts'

type Failed = Extract<AttemptResult, { ok: false }>

/** Made when a provider first fails: most never do. */
const redactors = new WeakMap<KeyRing, Redact>()

/**
 * A failed attempt without the keys of its provider, in whatever the upstream has said of it. All that callers, records, logs
 * and metrics hear of a failure comes through here.
 */
export function withoutSecrets({ failure, facts }: Failed, keys: KeyRing): Failed {
  const redact = redactors.get(keys) ?? redactor(keys.credentials)
  redactors.set(keys, redact)
  return { ok: false, failure: cleanFailure(failure, redact), facts: cleanFacts(facts, redact) }
}

function cleanFailure(failure: Failure, redact: Redact): Failure {
  const { message, quote, param, told, cause } = failure
  return {
    ...failure,
    message: redact(message),
    quote: quote === undefined ? undefined : redact(quote),
    param: param === undefined ? undefined : redact(param),
    told: told === undefined ? undefined : cleanTold(told, redact),
    cause: cleanCause(cause, redact),
  }
}

const cleanTold = (told: Told, redact: Redact): Told => ({
  ...told,
  message: redact(told.message),
  param: told.param === undefined ? undefined : redact(told.param),
  requestId: told.requestId === undefined ? undefined : redact(told.requestId),
})

/** A parser's complaint quotes what it could not read. */
function cleanCause(cause: unknown, redact: Redact): unknown {
  if (typeof cause === 'string') return redact(cause)
  if (!(cause instanceof Error)) return cause
  const message = redact(cause.message)
  const inner = cleanCause(cause.cause, redact)
  if (message === cause.message && inner === cause.cause) return cause
  const clean = new Error(message, inner === undefined ? undefined : { cause: inner })
  clean.name = cause.name
  return 'code' in cause ? Object.assign(clean, { code: cause.code }) : clean
}

const cleanFacts = (facts: AnswerFacts, redact: Redact): AnswerFacts => ({
  ...facts,
  ...(facts.upstreamId !== undefined && { upstreamId: redact(facts.upstreamId) }),
  ...(facts.finishReason !== undefined && { finishReason: redact(facts.finishReason) }),
  ...(facts.model !== undefined && { model: redact(facts.model) }),
})
