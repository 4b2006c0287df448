import { z } from 'zod'
import { keyView, type KeyView } from './key-view.ts'
import { limitOfKeyView, limitView, viewLimits } from './limit-view.ts'
import type { OperationParts } from './operation.ts'
import type { Right } from './rights.ts'

/** What a list of keys can have with each key. */
export const keyParts = ['limits', 'team'] as const

type KeyPart = (typeof keyParts)[number]

/** What it takes to see it. */
export const rightOfPart: Readonly<Record<KeyPart, Right>> = { limits: 'limits.read', team: 'teams.read' }

/** A key of a list, with what was asked for beside. */
export const listedKeyView = keyView.extend({
  limits: z.array(
    limitOfKeyView.extend(
      limitView.pick({ spent_usd: true, held_usd: true, left_usd: true, resets_at: true }).partial().shape,
    ),
  ),
  /** What its team is called; `null`: it is in none. */
  team_name: z.string().nullable().optional(),
})

type ListedKeyView = z.output<typeof listedKeyView>

/** Keys with what was asked for beside. */
export async function withParts(
  parts: OperationParts,
  keys: readonly KeyView[],
  include: ReadonlySet<KeyPart>,
): Promise<ListedKeyView[]> {
  const standings = include.has('limits') ? await standingsOf(parts, keys) : undefined
  const teams = include.has('team') ? await teamNames(parts, keys) : undefined
  return keys.map((key) => ({
    ...key,
    ...(standings !== undefined && { limits: key.limits.map((limit) => ({ ...limit, ...standings.get(limit.id) })) }),
    ...(teams !== undefined && { team_name: key.team === null ? null : (teams.get(key.team) ?? key.team) }),
  }))
}

/** How full the limits of keys are, by their ids. */
async function standingsOf(parts: OperationParts, keys: readonly KeyView[]) {
  const ids = [...new Set(keys.flatMap(({ limits }) => limits.map(({ id }) => id)))]
  const kept = await Promise.all(ids.map((id) => parts.store.registry.get('limit', id)))
  const views = await viewLimits(
    parts,
    kept.filter((one) => one !== undefined),
  )
  return new Map(
    views.map(({ id, spent_usd, held_usd, left_usd, resets_at }) => [id, { spent_usd, held_usd, left_usd, resets_at }]),
  )
}

async function teamNames({ store }: OperationParts, keys: readonly KeyView[]): Promise<Map<string, string>> {
  const ids = [...new Set(keys.flatMap(({ team }) => team ?? []))]
  const kept = await Promise.all(ids.map((id) => store.registry.get('team', id)))
  return new Map(kept.flatMap((team): [string, string][] => (team ? [[team.record.id, team.record.name]] : [])))
}
