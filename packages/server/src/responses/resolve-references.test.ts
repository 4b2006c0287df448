import { mayRefer, resolveReferences } from './resolve-references.ts'
import type { Conversation } from './seal-response.ts'

const REQUESTS = Array.from({ length: 12 }, (_, n) => `01a22ccc-0937-79bd-bd49-7831480530${String(n).padStart(2, '0')}`)
const itemOf = (n: number, index = 0) => ({
  id: `msg_${REQUESTS[n]}_${index}`,
  type: 'message',
  content: `answer ${n}`,
})
const reference = (id: string) => ({ type: 'item_reference', id })

/** Of which requests was asked. */
let looked: number[]
/** What is kept of each request: what it was asked with, and its answer. */
let kept: Map<string, Conversation>
const keep = (n: number, input: unknown) =>
  kept.set(REQUESTS[n] ?? '', {
    input: Buffer.from(JSON.stringify(input)),
    response: Buffer.from(JSON.stringify({ output: [itemOf(n), itemOf(n, 1)] })),
  })
const find = async (id: string) => {
  looked.push(REQUESTS.indexOf(id))
  return kept.get(id)
}
beforeEach(() => {
  looked = []
  kept = new Map()
})

async function resolved(input: unknown): Promise<unknown> {
  const body = await resolveReferences(Buffer.from(JSON.stringify({ model: 'm', input, store: true })), find)
  return body && (JSON.parse(body.toString()) as unknown)
}

test('references give way to the items, and all else stays as it was', async () => {
  keep(0, 'Hi')
  const user = { role: 'user', content: 'And?' }
  expect(await resolved([user, reference(itemOf(0, 1).id), { id: 'x', ...user }])).toEqual({
    model: 'm',
    input: [user, itemOf(0, 1), { id: 'x', ...user }],
    store: true,
  })
})

test('the last answer is looked at first, since it has those before it', async () => {
  keep(0, 'Hi')
  keep(1, [{ role: 'user', content: 'Hi' }, itemOf(0)])
  expect(await resolved([itemOf(0).id, itemOf(1).id].map(reference))).toMatchObject({ input: [itemOf(0), itemOf(1)] })
  expect(looked).toEqual([1])
})

test('what is not kept stays a reference, and no response is looked for twice or without end', async () => {
  keep(0, 'Hi')
  const lost = REQUESTS.flatMap((_, n) => (n === 0 ? [] : [reference(itemOf(n).id), reference(itemOf(n, 1).id)]))
  expect(await resolved([reference(itemOf(0).id), ...lost])).toBeUndefined()
  expect(looked).toEqual([11, 10, 9, 8, 7, 6, 5, 4])
  expect(await resolved([...lost.slice(0, 2), reference(itemOf(0).id)])).toMatchObject({
    input: [...lost.slice(0, 2), itemOf(0)],
  })
})

test.each([
  [[reference('msg_1'), reference('rs_abc'), { type: 'item_reference' }, { type: 'item_reference', id: 5 }]],
  ['item_reference'],
  [{ type: 'item_reference' }],
  [undefined],
])('nobody is asked for what is no item of ours: %j', async (input) => {
  expect(await resolved(input)).toBeUndefined()
  expect(looked).toEqual([])
})

test.each(['{', '[]', '"item_reference"', '{"input":[}'])(
  'what is no request is left for others to refuse: %s',
  async (body) => {
    expect(await resolveReferences(Buffer.from(body), find)).toBeUndefined()
  },
)

test('a body is read for it only if the word is there', () => {
  expect(mayRefer(Buffer.from('{"input":[{"type":"item_reference"}]}'))).toBe(true)
  expect(mayRefer(Buffer.from('{"input":"Hi"}'))).toBe(false)
})
