import { parseUsd, type OperationName } from '@speka/core'
import {
  callToExplain,
  explainRoute,
  mintRequestId,
  operations,
  type CallFacts,
  type RouteExplanation,
} from '@speka/core/internal'
import { realClock } from '@speka/core/node'
import { factsOfKey } from '../endpoints/call-facts.ts'
import type { ExplainedLimit, ExplainedLimits } from '../limits/explain-limits.ts'
import { text, UsageError, type Command, type Invocation, type Options } from './command.ts'
import { engineWithConfig } from './configured-engine.ts'
import { keyToExplain, limitsOfCall } from './explain-key.ts'
import { printTable } from './table.ts'
import { dataOption, withStoreToRead } from './with-store.ts'

/** `speka explain`: where a request would go, and what it would cost, without sending it. */
export const explain: Command = {
  name: 'explain',
  usage:
    '--model ID [--models ID,…] [--order NAME,…] [--only NAME,…] [--ignore NAME,…] [--sort KEY] [--max-tokens N] [--max-cost-usd X] [--prompt TEXT] [--tags WORD,…] [--key ID] [--customer ID] [--config FILE] [--data DIR] [--json]',
  summary: 'Show the route and the price range of a request, and what would limit it, without calling anybody.',
  options: {
    ...dataOption,
    model: { type: 'string' },
    models: { type: 'string' },
    order: { type: 'string' },
    only: { type: 'string' },
    ignore: { type: 'string' },
    sort: { type: 'string' },
    'max-tokens': { type: 'string' },
    'max-cost-usd': { type: 'string' },
    prompt: { type: 'string' },
    tags: { type: 'string' },
    key: { type: 'string' },
    customer: { type: 'string' },
    config: { type: 'string' },
    json: { type: 'boolean' },
  },
  async run(invocation) {
    const { options, terminal } = invocation
    const explanation = await explanationFor(invocation)
    if (options['json'] === true) terminal.out(JSON.stringify(explanation))
    else print(explanation, invocation)
    return 0
  },
}

/** Of a request with a key, its limits too. */
type Explanation = RouteExplanation & Partial<ExplainedLimits>

async function explanationFor(invocation: Invocation): Promise<Explanation> {
  const { options } = invocation
  const model = text(options, 'model')
  if (model === undefined) throw new UsageError('Say which: speka explain --model ID')
  const keyId = text(options, 'key')
  const customer = text(options, 'customer')
  if (customer !== undefined && keyId === undefined)
    throw new UsageError('Limits are those of a key: give --key ID with --customer.')
  const { engine, config } = engineWithConfig(invocation)
  const now = Date.now()
  const usual = engine.table.find(model)?.model.endpoints[0] ?? 'chat'
  const said = { id: mintRequestId(now), receivedAt: now, maxCost: maxCostOf(options), tags: list(options, 'tags') }
  const explained = (facts: CallFacts) => {
    const call = callToExplain(requestOf(model, options, usual), facts, usual)
    const plan = engine.plan(call)
    const { maxAttempts } = engine
    return { call, plan, route: explainRoute(call, plan, { maxAttempts, monotonic: realClock.monotonic() }) }
  }
  if (keyId === undefined) return explained(said).route
  return withStoreToRead(invocation, async (parts) => {
    const key = await keyToExplain(parts, config, keyId)
    const facts = { ...said, ...factsOfKey(key), customer }
    engine.admit(model, usual, facts)
    const { call, plan, route } = explained(facts)
    return { ...route, ...(await limitsOfCall(parts.store, { config, engine, call, plan })) }
  })
}

function requestOf(model: string, options: Options, usual: OperationName): Record<string, unknown> {
  const prompt = text(options, 'prompt')
  return {
    model,
    models: list(options, 'models'),
    max_tokens: maxTokensOf(options),
    ...(prompt !== undefined && operations[usual].saying(prompt)),
    provider: {
      order: list(options, 'order'),
      only: list(options, 'only'),
      ignore: list(options, 'ignore'),
      sort: text(options, 'sort'),
    },
  }
}

const list = (options: Options, name: string): string[] | undefined =>
  text(options, name)
    ?.split(',')
    .map((item) => item.trim())
    .filter((item) => item !== '')

function maxTokensOf(options: Options): number | undefined {
  const given = text(options, 'max-tokens')
  if (given === undefined) return undefined
  if (/^\d{1,9}$/.test(given)) return Number(given)
  throw new UsageError(`--max-tokens must be a whole number, not "${given}".`)
}

function maxCostOf(options: Options): ReturnType<typeof parseUsd> | undefined {
  const given = text(options, 'max-cost-usd')
  if (given === undefined) return undefined
  try {
    return parseUsd(given)
  } catch {
    throw new UsageError(`--max-cost-usd must be a decimal number of US dollars, not "${given}".`)
  }
}

function print(
  { candidates, excluded, on_failure: onFailure, limits, ...plan }: Explanation,
  { terminal }: Invocation,
): void {
  terminal.out(`${plan.model}, ${plan.endpoint}, ${plan.strategy}: at most ${plan.max_attempts} attempts\n`)
  printTable(
    terminal,
    ['', 'model', 'provider', 'upstream model', 'least USD', 'most USD', 'drops'],
    candidates.map(({ model, provider, upstream_model: upstream, cost, dropped_params: drops }, index) => [
      String(index + 1),
      model,
      provider,
      upstream,
      cost?.least ?? 'unknown',
      cost === null ? 'unknown' : (cost.most ?? 'no limit'),
      drops.join(', '),
    ]),
  )
  if (excluded.length > 0) {
    terminal.out('\nNot tried:')
    for (const { model, provider, reason } of excluded)
      terminal.out(`  ${model}${provider === undefined ? '' : ` at ${provider}`}: ${reason}`)
  }
  terminal.out('\nIf the first fails:')
  printTable(
    terminal,
    ['failure', 'then', 'where'],
    Object.entries(onFailure).map(([failure, { step, next }]) => [failure, step, next.join(', ')]),
  )
  if (limits === undefined) return
  if (limits.length === 0) {
    terminal.out('\nNothing limits this key.')
    return
  }
  terminal.out('\nLimits:')
  printTable(
    terminal,
    ['of', 'kind', 'limit', 'window', 'left', 'sets aside', 'would'],
    limits.map(({ subject, kind, limit, window, remaining, sets_aside: aside, would }) => [
      subject,
      kind,
      limit,
      window,
      remaining ?? '',
      aside ?? '',
      wording[would],
    ]),
  )
}

const wording: Readonly<Record<ExplainedLimit['would'], string>> = {
  admit: 'admit it',
  refuse: 'refuse it',
  fall_back: 'ask its fallback models',
  notify: 'admit it, and notify',
  unknown: 'unknown: the running gateway counts it',
}
