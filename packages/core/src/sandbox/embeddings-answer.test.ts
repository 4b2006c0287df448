import { openSandbox } from './ask.fake.ts'
import { embeddingsAnswer } from './embeddings-answer.ts'

const embed = async (request: object) => {
  const { body } = await openSandbox().ask('/embeddings', { model: 'speka/sandbox', ...request })
  return JSON.parse(body)
}

const vectors = async (request: object): Promise<number[][]> =>
  (await embed(request)).data.map(({ embedding }: { embedding: number[] }) => embedding)

const product = (a: readonly number[] = [], b: readonly number[] = []) =>
  a.reduce((sum, value, at) => sum + value * (b[at] ?? 0), 0)

describe('embeddings', () => {
  test('of similar texts are closer', async () => {
    const input = ['The cat sat on the mat.', 'A cat sat on a mat', 'Quarterly revenue grew']
    const [cat, similar, other] = await vectors({ input })
    expect(product(cat, similar)).toBeGreaterThan(product(cat, other) + 0.3)
    expect(product(cat, cat)).toBeCloseTo(1, 5)
  })

  test.each([
    {
      query: 'How do I reset my password?',
      documents: [
        'To reset your password, open the settings and choose "Reset password".',
        'Our office is open from Monday to Friday.',
        'Invoices are sent by mail at the end of each month.',
      ],
    },
    {
      query: 'when are invoices sent',
      documents: [
        'Invoices are sent by mail at the end of each month.',
        'To reset your password, open the settings and choose "Reset password".',
        'Our office is open from Monday to Friday.',
      ],
    },
  ])('rank what fits "$query" first', async ({ query, documents }) => {
    const [asked, ...stored] = await vectors({ input: [query, ...documents] })
    const likeness = stored.map((vector) => product(asked, vector))
    expect(likeness[0]).toBe(Math.max(...likeness))
    expect(likeness[0]).toBeGreaterThan(1.5 * Math.max(...likeness.slice(1)))
  })

  test('have the asked-for length, in both encodings', async () => {
    const [floats] = await vectors({ input: 'Hello', dimensions: 8 })
    const { data } = await embed({ input: 'Hello', dimensions: 8, encoding_format: 'base64' })
    const bytes = Buffer.from(data[0].embedding, 'base64')
    expect(Array.from({ length: bytes.length / 4 }, (_, index) => bytes.readFloatLE(index * 4))).toEqual(floats)
    expect(floats).toHaveLength(8)
    expect((await vectors({ input: 'Hello' }))[0]).toHaveLength(256)
  })

  test.each([
    { what: 'a text', input: 'Hello', count: 1, tokens: 2 },
    { what: 'texts', input: ['Hello', 'you'], count: 2, tokens: 3 },
    { what: 'tokens', input: [15339, 1917], count: 1, tokens: 2 },
    { what: 'arrays of tokens', input: [[15339], [1917, 0]], count: 2, tokens: 3 },
  ])('take $what', async ({ input, count, tokens }) => {
    const { data, usage, object } = await embed({ input })
    expect(data.map((item: { index: number }) => item.index)).toEqual(Array.from({ length: count }, (_, at) => at))
    expect({ usage, object }).toEqual({ usage: { prompt_tokens: tokens, total_tokens: tokens }, object: 'list' })
  })

  test.each([
    { input: '' },
    { input: [] },
    { input: [null] },
    { input: 'a', dimensions: 0 },
    { input: 'a', dimensions: 5000 },
    { input: 'a', encoding_format: 'hex' },
    { input: Array.from({ length: 1025 }, () => 'a'), dimensions: 512 },
  ])('refuse $input in $dimensions dimensions', async (request) => {
    expect(await embed(request)).toMatchObject({ error: { type: 'invalid_request_error' } })
  })

  test('are as many as a batch may have texts', () => {
    expect(embeddingsAnswer({ input: Array.from({ length: 2048 }, () => 'a') }).data).toHaveLength(2048)
  })

  test('look at both ends of a long text, and no further', async () => {
    const [ends, middle] = ['x'.repeat(500), 'any words '.repeat(100)]
    const input = [ends + ends, ends + middle + ends, `${ends}${middle}!`, `!${middle}${ends}`]
    const [without, within, end, start] = await vectors({ input })
    expect(within).toEqual(without)
    expect(end).not.toEqual(without)
    expect(start).not.toEqual(without)
  })

  test('have faults too', async () => {
    const { ask } = openSandbox()
    expect((await ask('/embeddings', { model: 'speka/sandbox:503', input: 'a' })).status).toBe(503)
    expect((await ask('/embeddings', { model: 'speka/sandbox:cut@1', input: 'a' })).end).toBe('reset')
    expect((await ask('/embeddings', { model: 'speka/sandbox:nousage', input: 'a' })).body).not.toContain('"usage"')
  })
})
