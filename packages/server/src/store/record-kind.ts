import type { UsageRecord } from '@speka/core'

/** What many records have in common: what was asked for how, who answered it, and how that ended. */
type Kind = Pick<
  UsageRecord,
  'endpoint' | 'stream' | 'outcome' | 'requestedModel' | 'model' | 'provider' | 'upstreamModel' | 'finishReason'
>

/** Of how many models the kind is remembered that was there last. */
const MOST_MODELS = 1000

const known = new Map<string, { readonly kind: Kind; readonly json: string }>()

/** The fields of its kind, as the beginning of a JSON object: written once for the many records that share them. */
export function kindJson(record: UsageRecord): string {
  const found = known.get(record.requestedModel)
  if (found !== undefined && isOf(record, found.kind)) return found.json
  const { endpoint, stream, outcome, requestedModel, model, provider, upstreamModel, finishReason } = record
  const kind: Kind = { endpoint, stream, outcome, requestedModel, model, provider, upstreamModel, finishReason }
  const json = JSON.stringify(kind).slice(0, -1)
  if (known.size >= MOST_MODELS) known.clear()
  known.set(requestedModel, { kind, json })
  return json
}

const isOf = (record: UsageRecord, kind: Kind): boolean =>
  record.model === kind.model &&
  record.provider === kind.provider &&
  record.upstreamModel === kind.upstreamModel &&
  record.endpoint === kind.endpoint &&
  record.stream === kind.stream &&
  record.outcome === kind.outcome &&
  record.finishReason === kind.finishReason
