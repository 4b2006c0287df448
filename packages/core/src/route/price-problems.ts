import type { Model } from '../catalog/model.ts'
import { shippedModels } from '../catalog/shipped-models.ts'
import { BATCH_TIER, isRows, rowsOf, tierOf } from '../catalog/written-price.ts'
import type { ModelConfig, PriceConfig, PriceRowConfig } from '../config.ts'
import { operations } from '../operations/operations.ts'
import { unitEntries, type Unit } from '../units.ts'
import { operationNames, type OperationName } from '../wire/operation-name.ts'

/** What is wrong with a price, and where in it. */
export interface PriceProblem {
  readonly path: readonly (number | string)[]
  readonly message: string
}

/**
 * What a configured model can be asked for. Of some the name tells. Nobody said what another model of the operator's own is for: its
 * upstream will.
 */
export const endpointsOf = (id: string, entry: ModelConfig, shipped: Model | undefined): readonly OperationName[] =>
  entry.endpoints ?? shipped?.endpoints ?? (isModerator(id, entry) ? ['moderation'] : operationNames)

/** The models by which OpenAI and Mistral judge texts, which can be asked for nothing else. */
const MODERATOR = /(?:^|\/)(?:omni|text|mistral)-moderation-/

const isModerator = (id: string, { targets = [] }: ModelConfig): boolean =>
  targets.length === 0 ? MODERATOR.test(id) : targets.every(({ model = id }) => MODERATOR.test(model))

/** Why the prices of a configured model, and what its targets cost, cannot be used. */
export function priceProblems(id: string, entry: ModelConfig): readonly PriceProblem[] {
  const endpoints = endpointsOf(
    id,
    entry,
    shippedModels.find((model) => model.id === id),
  )
  const ofCosts = (entry.targets ?? []).flatMap(({ cost }, index) =>
    problemsIn(cost, ['targets', index, 'cost'], endpoints),
  )
  return [...problemsIn(entry.price, ['price'], endpoints), ...ofCosts]
}

/** Rows that would hold at once, none for when no other does, or a unit that nobody counts. */
export function problemsIn(
  price: PriceConfig | readonly PriceRowConfig[] | undefined,
  at: PriceProblem['path'],
  endpoints: readonly OperationName[],
): readonly PriceProblem[] {
  if (price === undefined) return []
  const rows = rowsOf(price)
  const base = rows.find(isBase)
  if (base === undefined)
    return [{ path: at, message: 'needs a row without conditions, for whatever no other row is for' }]
  return rows.flatMap((row, index) => {
    const problems = [...conditionProblems(row), ...unitProblems(row, base, endpoints)]
    const same = rows.findIndex((other) => conditionOf(other) === conditionOf(row))
    if (same < index)
      problems.push({ path: [], message: `holds under the same conditions as row [${same}]: leave one of them out` })
    return problems.map(({ path, message }) => ({
      path: [...at, ...(isRows(price) ? [index] : []), ...path],
      message,
    }))
  })
}

const isBase = (row: PriceRowConfig): boolean => conditionOf(row) === ALWAYS

/** Conditions that are the same text cannot be told apart. */
const conditionOf = (row: PriceRowConfig): string =>
  JSON.stringify([tierOf(row) ?? null, row.above_input_tokens ?? null, row.from ?? null])
const ALWAYS = JSON.stringify([null, null, null])

function conditionProblems({
  service_tier: tier,
  batch,
  above_input_tokens: above,
  from,
}: PriceRowConfig): PriceProblem[] {
  const problems: PriceProblem[] = []
  if (tier === 'auto')
    problems.push({ path: ['service_tier'], message: 'must be a tier that is served: "auto" is only ever asked for' })
  if (batch === true && tier !== undefined && tier !== BATCH_TIER)
    problems.push({
      path: ['service_tier'],
      message: `cannot hold together with batch: what is served in a batch has the tier "${BATCH_TIER}"`,
    })
  if (above !== undefined && !(Number.isSafeInteger(above) && above > 0))
    problems.push({ path: ['above_input_tokens'], message: 'must be a whole number of tokens above 0' })
  if (from !== undefined && !isDay(from))
    problems.push({ path: ['from'], message: 'must be a day, such as 2027-01-01' })
  return problems
}

const isDay = (text: string): boolean =>
  /^\d{4}-\d{2}-\d{2}$/.test(text) && !Number.isNaN(Date.parse(text)) && new Date(text).toISOString().startsWith(text)

function unitProblems(row: PriceRowConfig, base: PriceRowConfig, endpoints: readonly OperationName[]): PriceProblem[] {
  const reported = new Set([...FIRST_UNITS, ...endpoints.flatMap((endpoint) => operations[endpoint].units)])
  return unitEntries.flatMap(({ unit, partOf }): PriceProblem[] => {
    if (row[unit] !== undefined && !reported.has(unit))
      return [
        { path: [unit], message: `is a unit that no answer of this model is counted in (${endpoints.join(', ')})` },
      ]
    // Without its own rate a part costs what its sum does; a sum without one would be given away.
    if (row[unit] === undefined && base[unit] !== undefined && partOf === undefined)
      return [
        {
          path: [unit],
          message: 'is missing here, and the row without conditions has it: give its price under these conditions too',
        },
      ]
    return []
  })
}

/** Taken for any model from the first, so that configurations may have them where they are never counted. */
const FIRST_UNITS: readonly Unit[] = ['input', 'cached_input', 'output', 'image']
