import { isRecord, join, scanObject, setMember, splice } from '@speka/core/internal'
import type { Conversation } from './seal-response.ts'

/** How many responses are looked into for one request: the last has all that its conversation had before it. */
const MOST_LOOKS = 8

/** Ids of what an answer consists of: of the request that made it, and which item it is. */
const ITEM_ID = /^[a-z]+_([0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12})_\d+$/

/** Whether a body may refer to items of earlier answers. Nearly none does. */
export const mayRefer = (body: Buffer): boolean => body.includes('"item_reference"')

/**
 * A request with the items of earlier answers that it refers to in the place of the references, as far as they are kept. What is left is for
 * others to refuse.
 *
 * @param find what is kept of a request's answer.
 * @returns `undefined` where nothing was put in.
 */
export async function resolveReferences(
  body: Buffer,
  find: (id: string) => Promise<Conversation | undefined>,
): Promise<Buffer | undefined> {
  const scan = scanObject(body)
  const member = scan?.members.findLast(({ key }) => key === 'input')
  if (scan === undefined || member === undefined) return undefined
  const input = parsed(body.subarray(member.valueStart, member.valueEnd))
  if (!Array.isArray(input)) return undefined
  const items = await itemsOf(
    input.map(referredBy).filter((id) => id !== undefined),
    find,
  )
  if (items.size === 0) return undefined
  const told = input.map((item: unknown) => items.get(referredBy(item) ?? '') ?? item)
  return join(splice(body, [setMember(scan, 'input', JSON.stringify(told))]))
}

/** What is kept of the items with these ids, the latest looked for first. */
async function itemsOf(
  ids: readonly string[],
  find: (id: string) => Promise<Conversation | undefined>,
): Promise<Map<string, unknown>> {
  const wanted = new Set(ids)
  const found = new Map<string, unknown>()
  const looked = new Set<string>()
  for (const id of ids.toReversed()) {
    const made = ITEM_ID.exec(id)?.[1]
    if (made === undefined || found.has(id) || looked.has(made)) continue
    if (looked.size === MOST_LOOKS) break
    looked.add(made)
    const conversation = await find(made)
    for (const item of conversation === undefined ? [] : itemsIn(conversation)) {
      const own = isRecord(item) ? item['id'] : undefined
      if (typeof own === 'string' && wanted.has(own)) found.set(own, item)
    }
  }
  return found
}

function itemsIn({ input, response }: Conversation): unknown[] {
  const whole = parsed(response)
  return [parsed(input), isRecord(whole) ? whole['output'] : undefined].flatMap((items: unknown) =>
    Array.isArray(items) ? (items as unknown[]) : [],
  )
}

const referredBy = (item: unknown): string | undefined =>
  isRecord(item) && item['type'] === 'item_reference' && typeof item['id'] === 'string' ? item['id'] : undefined

/** @returns `undefined` for what is no JSON, which says so where it is read. */
function parsed(json: Buffer): unknown {
  try {
    return JSON.parse(json.toString('utf8'))
  } catch {
    return undefined
  }
}
