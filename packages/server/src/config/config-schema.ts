import {
  parseUsd,
  type PriceConfig,
  type PriceRowConfig,
  type ProviderConfig,
  type ProviderType,
  type Unit,
} from '@speka/core'
import {
  identityFields,
  knownProviders,
  operationNames,
  placeOf,
  placeSettings,
  type KnownProvider,
  parsePricePerMillion,
  priceProblems,
  unitEntries,
} from '@speka/core/internal'
import { z } from 'zod'
import { amounts, oneRule, subjects, terms, windowOfMoney } from '../limits/limit-fields.ts'
import { alertList } from './alert-schema.ts'
import { billing } from './billing-schema.ts'
import { isHttpUrl, isOrigin } from './http-url.ts'
import { identity } from './identity-schema.ts'
import { responses } from './responses-schema.ts'
import { site } from './site-schema.ts'

/** The configuration file, field by field. Unknown fields are errors, so that a typo never passes for a setting. */

const usd = (parse: (text: string) => unknown, decimals: number) =>
  z.string().refine(
    (text) => {
      try {
        parse(text)
        return true
      } catch {
        return false
      }
    },
    { error: `must be a decimal string of US dollars with at most ${decimals} decimals, such as "0.20"` },
  )

const perMillion = usd(parsePricePerMillion, 6)

/** Each unit's price, by its name. */
const rates = Object.fromEntries(
  unitEntries.map(({ unit, per }) => [unit, (per === 'million' ? perMillion : usd(parseUsd, 12)).optional()]),
) as Record<Unit, z.ZodOptional<ReturnType<typeof usd>>>

const priceRow = z.strictObject(rates)

const priceRows = z.array(
  z.strictObject({
    ...rates,
    service_tier: z.string().min(1).optional(),
    above_input_tokens: z.int().positive().optional(),
    batch: z.literal(true, { error: 'must be true, or left out' }).optional(),
    from: z.string().optional(),
  }),
)

/** Checked as what it is meant to be, so that a problem is named with its place within the list. */
const price = z.custom<PriceConfig | readonly PriceRowConfig[]>().superRefine((value, context) => {
  const { error } = (Array.isArray(value) ? priceRows : priceRow).safeParse(value)
  for (const issue of error?.issues ?? []) {
    const { path, message } = issue
    if (issue.code === 'unrecognized_keys') context.addIssue({ code: issue.code, keys: issue.keys, path, input: {} })
    else context.addIssue({ code: 'custom', path, message })
  }
})

const baseUrl = z
  .string()
  .refine(isHttpUrl, { error: 'must be an http or https URL, such as "http://127.0.0.1:8000/v1"' })

/** As it goes into a header. White space around it, a line break above all, comes from the file it was read from. */
const oneKey = z
  .string()
  .trim()
  .regex(/^[\x20-\x7e]*$/, {
    error: 'must be one line of plain ASCII, since it is sent in a header',
  })

const apiKey = z.union([oneKey, z.array(oneKey).min(1)], { error: 'must be a string, or a list of strings' })

/** A word that becomes part of an address. */
const placeWord = z.string().regex(/^[\w.:-]+$/, { error: 'must be one word of letters, digits, dots and hyphens' })

/** By the cloud that they are of, since others' mean nothing there. */
const identityOfCloud = z.union(
  [
    z.literal('environment'),
    z.strictObject({
      tenant_id: placeWord.optional(),
      client_id: placeWord.optional(),
      client_secret: oneKey.optional(),
      credentials_file: z.string().min(1).optional(),
      access_key_id: oneKey.optional(),
      secret_access_key: oneKey.optional(),
      session_token: oneKey.optional(),
    }),
  ],
  { error: 'must be environment, or an object that says who it is' },
)

const configurableTypes = Object.keys(knownProviders).filter((type) => type !== 'sandbox') as [
  ProviderType,
  ...ProviderType[],
]

interface Problem {
  readonly path: string[]
  readonly message: string
}

/** What is wrong with whom a provider is called as. */
function identityProblems({ type, identity: said, api_key: key, project }: ProviderConfig): Problem[] {
  if (said === undefined) return []
  const { cloud }: KnownProvider = knownProviders[type]
  if (cloud === undefined) return [{ path: ['identity'], message: `is not a field of type ${type}` }]
  const fields = said === 'environment' ? [] : Object.keys(said)
  const others = fields.filter((field) => !identityFields[cloud].some((own) => own === field))
  return [
    ...others.map((field) => ({ path: ['identity', field], message: `is not a field of type ${type}` })),
    ...(key === undefined ? [] : [{ path: ['identity'], message: 'stands in place of an api_key: keep one of them' }]),
    ...(type === 'vertex' && project === undefined
      ? [{ path: ['project'], message: 'is needed beside an identity, which may have several' }]
      : []),
  ]
}

const provider = z
  .strictObject({
    type: z.enum(configurableTypes, { error: `must be one of ${configurableTypes.join(', ')}` }),
    base_url: baseUrl.optional(),
    api_key: apiKey.optional(),
    api_version: placeWord.optional(),
    region: placeWord.optional(),
    project: placeWord.optional(),
    location: placeWord.optional(),
    identity: identityOfCloud.optional(),
  })
  .superRefine((said, context) => {
    const { type } = said
    const { settings = {} }: KnownProvider = knownProviders[type]
    for (const field of placeSettings) {
      if (said[field] !== undefined && !(field in settings))
        context.addIssue({ code: 'custom', path: [field], message: `is not a field of type ${type}` })
    }
    for (const { path, message } of identityProblems(said)) context.addIssue({ code: 'custom', path, message })
    if (placeOf(type, said).baseUrl === undefined)
      context.addIssue({
        code: 'custom',
        path: ['base_url'],
        message: `needs a ${['base_url', ...Object.keys(settings).filter((field) => placeOf(type, { [field]: 'x' }).baseUrl !== undefined)].join(', or a ')}: this type has no address of its own`,
      })
  })

const target = z.strictObject({ provider: z.string(), model: z.string().min(1).optional(), cost: price.optional() })

const model = z.strictObject({
  targets: z.array(target).min(1, { error: 'needs at least one target' }).optional(),
  price: price.optional(),
  context_window: z.int().positive().optional(),
  prefill: z.boolean().optional(),
  endpoints: z
    .array(z.enum(operationNames, { error: `must be one of ${operationNames.join(', ')}` }))
    .min(1)
    .optional(),
})

const modelLists = z.record(z.string(), z.array(z.string()))

const milliseconds = z.int().positive().max(2_147_483_647)

const strategy = z.enum(['ordered', 'weighted', 'price', 'latency', 'throughput', 'least_busy'], {
  error: 'must be one of ordered, weighted, price, latency, throughput, least_busy',
})

const names = z.array(z.string().min(1)).min(1)
const words = z.union([z.string(), z.array(z.string())], { error: 'must be a text, or a list of texts' })
const scalar = z.union([z.string(), z.number(), z.boolean()])
const scalars = z.record(z.string(), z.union([scalar, z.array(scalar)]))

const rule = z.strictObject({
  when: z.strictObject({
    tag: words.optional(),
    key: words.optional(),
    model: words.optional(),
    metadata: scalars.optional(),
    param: scalars.optional(),
  }),
  use: z.strictObject({
    strategy: strategy.optional(),
    order: names.optional(),
    only: names.optional(),
    ignore: names.optional(),
  }),
})

const routing = z.strictObject({
  strategy: strategy.optional(),
  fallbacks: modelLists.optional(),
  max_price_ratio: z.number().min(1).max(1000).optional(),
  context_window_fallbacks: modelLists.optional(),
  content_policy_fallbacks: modelLists.optional(),
  max_attempts: z.int().min(1).max(20).optional(),
  weights: z.record(z.string(), z.record(z.string(), z.number().min(0).max(1_000_000))).optional(),
  sticky: z
    .strictObject({ by: z.literal('session_id').optional(), ttl_s: z.int().min(1).max(86_400).optional() })
    .optional(),
  hedge: z.record(z.string(), z.strictObject({ after_ms: milliseconds })).optional(),
  rules: z.array(rule).optional(),
})

const messages = z.strictObject({
  billing_note: z.enum(['remove', 'keep']).optional(),
  server_tools: z.enum(['refuse', 'leave_out']).optional(),
})

const timeouts = z.strictObject({
  connect_ms: milliseconds.optional(),
  first_token_ms: milliseconds.optional(),
  idle_ms: milliseconds.optional(),
  total_ms: milliseconds.optional(),
})

const key = z.strictObject({
  name: z.string().min(1),
  key: z
    .string()
    .regex(/^\S{16,}$/, { error: 'must be at least 16 characters without spaces, so that nobody guesses it' }),
  plan: z.string().min(1).optional(),
  limits: z.strictObject(amounts).superRefine(windowOfMoney).optional(),
})

const limit = z
  .strictObject({ subject: subjects, account: z.string().min(1).optional(), ...amounts, ...terms })
  .superRefine(oneRule)

const planName = z.string().regex(/^(?!none$)[\w.-]{1,64}$/, {
  error: 'must be a name of letters, digits, ".", "-" and "_", and not "none", which limits nothing',
})

const dollars = usd(parseUsd, 12)

const plan = z.strictObject({
  price_usd: dollars,
  included_usd: amounts.usd.unwrap(),
  rpm: amounts.rpm,
  keys: amounts.max_parallel,
  overage: z.enum(['stop', 'bill'], { error: 'must be stop or bill' }),
  features: z.array(z.string().min(1)).optional(),
})

const outage = z.strictObject({
  admit_s: z.int().min(0).max(3600).optional(),
  spool: z
    .union(
      [
        z.literal('off'),
        z.strictObject({
          max_rows: z.int().min(1).max(1_000_000).optional(),
          // Who has heard nothing for longer may count as ended by then, and finishes nothing.
          max_minutes: z.number().positive().max(2).optional(),
        }),
      ],
      { error: 'must be off, or have max_rows from 1 to 1000000 and max_minutes up to 2' },
    )
    .optional(),
})

const shutdown = z.strictObject({
  delay_ms: z.int().min(0).max(600_000).optional(),
  timeout_ms: milliseconds.optional(),
})

const origin = z.string().refine((text) => text === '*' || isOrigin(text), {
  error: 'must be "*" or an origin such as "https://app.example.com" or "app://obsidian.md", without a path',
})

export const configSchema = z.strictObject({
  providers: z.record(z.string(), provider).optional(),
  models: z.record(z.string(), model).superRefine(pricesMakeSense).optional(),
  /** Providers whose models are offered as the open catalog has them. */
  catalog: z.array(z.string().min(1)).optional(),
  aliases: z.record(z.string(), z.string()).optional(),
  routing: routing.optional(),
  timeouts: timeouts.optional(),
  messages: messages.optional(),
  keys: z.array(key).superRefine(eachOnce).optional(),
  plans: z.record(planName, plan).optional(),
  accounts: z.record(z.string().min(1), z.strictObject({ plan: z.string().min(1) })).optional(),
  limits: z.array(limit).optional(),
  /** Who may come in without a key of the gateway's. */
  identity: identity.optional(),
  /** Who sells, and what tax is on it. */
  billing: billing.optional(),
  /** The console and the pages for visitors. */
  site: site.optional(),
  ledger: z.strictObject({ durability: z.enum(['strict', 'relaxed']).optional() }).optional(),
  /** What goes on while a database that replicas share does not answer. */
  outage: outage.optional(),
  shutdown: shutdown.optional(),
  /** What those that share a database tell each other. */
  replicas: z.strictObject({ share_health: z.boolean().optional() }).optional(),
  /** What the operator is told of by webhook. */
  alerts: alertList.optional(),
  /** Whether answers in one piece are given again to who repeats a request with its `Idempotency-Key`. */
  idempotency: z.strictObject({ ttl_s: z.int().min(1).max(604_800).optional() }).optional(),
  /** Whether responses that are made of chat are kept for their callers. */
  responses: responses.optional(),
  /** Pages in browsers may call only if they are named here. */
  cors: z.strictObject({ allow_origins: z.array(origin).optional() }).optional(),
})

/** The file as written, validated. */
export type ConfigFile = z.infer<typeof configSchema>

/** The ledger goes by a key's name, and a caller by its value: each must mean one key. */
function eachOnce(keys: readonly { name: string; key: string }[], context: z.RefinementCtx): void {
  for (const field of ['name', 'key'] as const) {
    const first = new Map<string, number>()
    for (const [index, { [field]: value }] of keys.entries()) {
      const other = first.get(value)
      if (other === undefined) first.set(value, index)
      else context.addIssue({ code: 'custom', path: [index, field], message: `is the same as keys[${other}].${field}` })
    }
  }
}

/** What the rows of a price mean together, once each is what it should be. */
function pricesMakeSense(models: Readonly<Record<string, z.infer<typeof model>>>, context: z.RefinementCtx): void {
  if (context.issues.length > 0) return
  for (const [id, entry] of Object.entries(models)) {
    for (const { path, message } of priceProblems(id, entry))
      context.addIssue({ code: 'custom', path: [id, ...path], message })
  }
}
