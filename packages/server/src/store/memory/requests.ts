import type { UsageRecord } from '@speka/core'
import { readCursor, writeCursor } from '../request-cursor.ts'
import type { RequestFilter, RequestPage } from '../store.ts'
import { compare } from './compare.ts'

/** One page of the records that a filter leaves. */
export function pageOf(
  records: Iterable<UsageRecord>,
  filter: RequestFilter,
  cursor: string | undefined,
  limit: number,
): RequestPage {
  const [time, id] = cursor === undefined ? [] : readCursor(cursor, ['number', 'string'])
  const way = filter.first === 'oldest' ? 1 : -1
  const order = (a: Pick<UsageRecord, 'createdAt' | 'id'>, b: Pick<UsageRecord, 'createdAt' | 'id'>): number =>
    way * (a.createdAt - b.createdAt || compare(a.id, b.id))
  const after = { createdAt: Number(time), id: String(id) as UsageRecord['id'] }
  const left = [...records]
    .filter((record) => matches(record, filter) && (cursor === undefined || order(record, after) > 0))
    .sort(order)
  const page = left.slice(0, Math.max(limit, 0))
  const last = page.at(-1)
  const next = last === undefined || left.length <= limit ? undefined : writeCursor([last.createdAt, last.id])
  return { records: page, next }
}

function matches(record: UsageRecord, filter: RequestFilter): boolean {
  const { account, keyId, customer, session, model, provider, outcome, since = -Infinity, until = Infinity } = filter
  const wanted = { account, keyId, customer, session, model, provider, outcome }
  return (
    record.createdAt >= since &&
    record.createdAt < until &&
    (Object.keys(wanted) as (keyof typeof wanted)[]).every(
      (field) => wanted[field] === undefined || wanted[field] === record[field],
    )
  )
}
