import { openMemoryStore } from '../store/memory/open-store.ts'
import type { ReplyStore } from '../store/store.ts'
import { isFirstTime, Replies, type FirstTime } from './replies.ts'

const HOUR = 3_600_000
const scope = { account: 'acme', route: 'POST /v1/chat/completions' }
const question = Buffer.from('{"model":"m"}')
const reply = { status: 200, headers: { 'x-request-id': 'r1' }, body: Buffer.from('{"id":"chatcmpl-1"}') }

let store: ReplyStore
let now: number
let replies: Replies
beforeEach(() => {
  store = openMemoryStore().replies
  now = Date.UTC(2026, 10, 29)
  replies = repliesOf('pepper')
})

const repliesOf = (pepper: string) => new Replies(store, Buffer.from(pepper), () => now)

async function first(of = replies, key = 'k', asked = question): Promise<FirstTime> {
  const found = await of.begin(scope, key, asked)
  if (isFirstTime(found)) return found
  throw new Error('it was there already')
}

test('what is repeated within a day is answered as it was', async () => {
  await (await first()).keep(reply)
  now += 24 * HOUR - 1
  expect(await replies.begin(scope, 'k', question)).toEqual(reply)
  now += 1
  await first()
})

test('an account’s key means nothing on another route or to another account', async () => {
  await (await first()).keep(reply)
  for (const other of [{ account: 'other' }, { route: 'POST /v1/embeddings' }])
    expect(isFirstTime(await replies.begin({ ...scope, ...other }, 'k', question))).toBe(true)
})

test('what is under way is not carried out twice, until it must have died', async () => {
  await first()
  await expect(replies.begin(scope, 'k', question)).rejects.toMatchObject({
    code: 'request_in_progress',
    status: 409,
    retryAfterMs: 1000,
  })
  now += HOUR
  await first()
})

test('a key that was used for something else is refused, under way and afterwards', async () => {
  const other = Buffer.from('{"model":"n"}')
  const refused = { code: 'idempotency_key_reused', status: 422 }
  const ours = await first()
  await expect(replies.begin(scope, 'k', other)).rejects.toMatchObject(refused)
  await ours.keep(reply)
  await expect(replies.begin(scope, 'k', other)).rejects.toMatchObject(refused)
})

test('bodies that differ only behind their first megabytes are told apart', async () => {
  const long = Buffer.alloc(3 * 1024 * 1024, 'a')
  const ours = await first(replies, 'k', long)
  await ours.keep(reply)
  expect(await replies.begin(scope, 'k', Buffer.from(long))).toEqual(reply)
  long[long.length - 1] = 0
  await expect(replies.begin(scope, 'k', long)).rejects.toMatchObject({ code: 'idempotency_key_reused' })
})

test('what was given up, and what is too large to keep, is carried out anew', async () => {
  const ours = await first()
  ours.release()
  await (await first()).keep({ ...reply, body: Buffer.alloc(5 * 1024 * 1024) })
  await first()
})

test('nothing that is kept can be read, and it opens only at its place and by its pepper', async () => {
  const seen: [string, Uint8Array][] = []
  const { keep } = store
  store.keep = async (place, sealed, until) => {
    seen.push([place, sealed])
    await keep(place, sealed, until)
  }
  await (await first()).keep(reply)
  const [[place, sealed] = ['', new Uint8Array()]] = seen
  for (const secret of ['acme', 'chatcmpl', 'r1']) {
    expect(place).not.toContain(secret)
    expect(Buffer.from(sealed).includes(secret)).toBe(false)
  }
  await (await first(replies, 'other')).keep({ ...reply, body: Buffer.from('another') })
  const otherPlace = seen[1]?.[0] ?? ''
  await keep(otherPlace, sealed, now + HOUR)
  await first(replies, 'other')
  await first(repliesOf('another pepper'))
})

test.each(['', ' ', 'a b', 'ä', 'x'.repeat(256), 'a\nb'])('%j is no key', async (key) => {
  await expect(replies.begin(scope, key, question)).rejects.toMatchObject({ code: 'invalid_value' })
})
