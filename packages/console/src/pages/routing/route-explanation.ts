import * as z from 'zod/mini'

const cost = z.nullable(z.object({ least: z.string(), most: z.nullable(z.string()) }))

const routeExplanation = z.object({
  model: z.string(),
  endpoint: z.string(),
  strategy: z.string(),
  candidates: z.array(
    z.object({
      model: z.string(),
      provider: z.string(),
      upstream_model: z.string(),
      state: z.enum(['closed', 'open', 'half_open']),
      cost,
      latency_ms: z.nullable(z.number()),
      dropped_params: z.array(z.string()),
    }),
  ),
  excluded: z.array(
    z.object({ model: z.string(), provider: z.nullish(z.string()), rule: z.string(), reason: z.nullish(z.string()) }),
  ),
  cost,
  max_attempts: z.number(),
  hedge_after_ms: z.nullable(z.number()),
  on_failure: z.record(z.string(), z.object({ step: z.string(), next: z.array(z.string()) })),
  refused_by: z.nullable(z.object({ subject: z.string(), kind: z.string(), window: z.nullish(z.string()) })),
})

/** What would become of a request, as far as the page shows it. */
export type RouteExplanation = z.infer<typeof routeExplanation>

export const readExplanation = (body: unknown): RouteExplanation => routeExplanation.parse(body)
