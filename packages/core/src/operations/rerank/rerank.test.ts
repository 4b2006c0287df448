import { SpekaError } from '../../errors.ts'
import { withinMost } from '../../meter/believable-usage.ts'
import { completeUsage } from '../../meter/estimate-usage.ts'
import { mintRequestId } from '../../uuid.ts'
import { readRerankCall, writeRerankCall, type RerankCall } from './rerank-call.ts'
import { rerankOperation } from './rerank-operation.ts'
import type { RerankRequest } from './rerank.ts'

const facts = { id: mintRequestId(0), receivedAt: 0 }
const read = (request: object): RerankCall => readRerankCall(Buffer.from(JSON.stringify(request)), facts)
const fine = { model: 'm', query: 'q', documents: ['a', { text: 'b', more: 1 }] }
const many = (count: number, text = 'a'): string[] => Array.from({ length: count }, () => text)

test('a request is read as it is, and written as it would be', () => {
  expect(read({ ...fine, top_n: 1 })).toMatchObject({
    endpoint: 'rerank',
    stream: false,
    outline: { ...fine, top_n: 1 },
  })
  const written = writeRerankCall(fine as RerankRequest, facts)
  expect(JSON.parse(String(Buffer.from(written.body)))).toEqual(fine)
})

test.each([
  ['no query', { ...fine, query: undefined }, 'query'],
  ['an empty query', { ...fine, query: '' }, 'query'],
  ['a query that is no text', { ...fine, query: ['q'] }, 'query'],
  ['no documents', { ...fine, documents: undefined }, 'documents'],
  ['documents that are no list', { ...fine, documents: 'a' }, 'documents'],
  ['an empty list', { ...fine, documents: [] }, 'documents'],
  ['a hundred thousand documents', { ...fine, documents: many(100_000) }, 'documents'],
  ['a document that is no text', { ...fine, documents: ['a', 7] }, 'documents[1]'],
  ['a document without a text', { ...fine, documents: [{ title: 'a' }] }, 'documents[0]'],
  ['no results', { ...fine, top_n: 0 }, 'top_n'],
  ['fewer than none', { ...fine, top_n: -1 }, 'top_n'],
  ['half a result', { ...fine, top_n: 1.5 }, 'top_n'],
  ['a stream', { ...fine, stream: true }, 'stream'],
])('%s is refused with the place', (_, request, param) => {
  expect(() => read(request)).toThrow(SpekaError)
  expect(() => read(request)).toThrow(expect.objectContaining({ param, status: 400 }))
})

test('two lists of documents are refused: one of them would be priced, and the other ranked', () => {
  const body = Buffer.from('{"model":"m","query":"q","documents":["a"],"documents":["b"]}')
  expect(() => readRerankCall(body, facts)).toThrow(expect.objectContaining({ code: 'duplicate_parameter' }))
})

test('more results than documents are no mistake, and neither are ten thousand documents', () => {
  expect(read({ ...fine, top_n: 100 }).outline.top_n).toBe(100)
  expect(read({ ...fine, documents: many(10_000) }).outline.documents).toHaveLength(10_000)
})

test.each([
  ['a hundred short documents', many(100), 1],
  ['one more', many(101), 2],
  ['long ones, which count as several', many(100, 'word '.repeat(1000)), 4],
])('%s take so many search units at the most', (_, documents, searches) => {
  expect(rerankOperation.size(read({ ...fine, documents })).searches).toBe(searches)
})

test('a query is counted with each of the documents', () => {
  const query = 'x'.repeat(300)
  const [one, ten] = [1, 10].map((count) => rerankOperation.size(read({ ...fine, query, documents: many(count) })))
  expect(Number(ten?.inputTokens) - Number(one?.inputTokens)).toBeGreaterThanOrEqual(900)
})

test('what nobody has counted is: tokens as an estimate, search units by the documents', () => {
  const call = read({ ...fine, documents: many(150, 'some words of a document') })
  expect(completeUsage({}, call, () => 0)).toMatchObject({ searches: 2, estimated: true })
  expect(completeUsage({}, call, () => 0).inputTokens).toBeGreaterThan(500)
  const counted = completeUsage({ inputTokens: 9, outputTokens: 0 }, call, () => 0)
  expect(counted).toEqual({ inputTokens: 9, outputTokens: 0, searches: 2 })
  const bySearch = { searches: 2 }
  expect(completeUsage(bySearch, call, () => 0)).toBe(bySearch)
})

test('search units that cannot be are held to the most that can, and marked', () => {
  const call = read(fine)
  expect(withinMost({ searches: 900 }, call, undefined)).toMatchObject({ searches: 1, capped: true })
  const fits = { searches: 1 }
  expect(withinMost(fits, call, undefined)).toBe(fits)
})
