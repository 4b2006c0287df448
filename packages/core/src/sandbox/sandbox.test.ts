import { chat, hello, openSandbox, user } from './ask.fake.ts'
import { sandboxOrigin, withSandbox } from './sandbox.ts'

describe('a request that makes no sense', () => {
  test.each([
    { what: 'not JSON', body: '{"model"', param: null },
    { what: 'not an object', body: '[1]', param: null },
    { what: 'no model', body: { messages: [user('Hi')] }, param: 'model' },
    { what: 'no messages', body: { model: 'speka/sandbox' }, param: 'messages' },
    { what: 'empty messages', body: { ...hello, messages: [] }, param: 'messages' },
    { what: 'a message without role', body: { ...hello, messages: [{}] }, param: 'messages[0]' },
    { what: 'no choices', body: { ...hello, n: 0 }, param: 'n' },
    { what: 'a negative limit', body: { ...hello, max_tokens: -1 }, param: 'max_tokens' },
    {
      what: 'a schema format without schema',
      body: { ...hello, response_format: { type: 'json_schema' } },
      param: 'response_format.json_schema',
    },
  ])('($what) is a 400', async ({ body, param }) => {
    const heard = await openSandbox().ask('/chat/completions', body)
    expect(heard).toMatchObject({ status: 400, end: 'end' })
    expect(JSON.parse(heard.body).error).toEqual({
      message: expect.any(String),
      type: 'invalid_request_error',
      param,
      code: 'invalid_value',
    })
  })

  test.each(['speka/sandbox:nonsense', 'speka/sandbox:429x', 'other/model'])(
    'for %s lists what there is',
    async (model) => {
      const { status, body } = await chat({ ...hello, model })
      expect(status).toBe(404)
      expect(JSON.parse(body).error).toMatchObject({
        code: 'model_not_found',
        param: 'model',
        message: expect.stringMatching(/:429x2.*:stall@20.*:slow/),
      })
    },
  )

  test.each(['/nowhere', '/toString', '/models'])('to POST %s is a 404', async (path) => {
    const { status, body } = await openSandbox().ask(path, hello)
    expect(status).toBe(404)
    expect(JSON.parse(body).error.code).toBe('unknown_url')
  })
})

describe('a request of megabytes', () => {
  const long = 'word '.repeat(1_000_000)

  test('is answered when it is files that are large', async () => {
    const image = { type: 'image_url', image_url: { url: `data:image/png;base64,${long}` } }
    const { status, body } = await openSandbox().ask('/chat/completions', {
      model: 'speka/sandbox',
      messages: [{ role: 'user', content: [{ type: 'text', text: 'Hello!' }, image] }],
    })
    expect(status).toBe(200)
    expect(JSON.parse(body).usage.prompt_tokens).toBeLessThan(200)
  })

  test.each([
    ['/chat/completions', { messages: [{ role: 'user', content: long }] }],
    ['/embeddings', { input: long }],
  ])('is refused at %s when it is text that is', async (path, fields) => {
    const { status, body } = await openSandbox().ask(path, { model: 'speka/sandbox', ...fields })
    expect(status).toBe(400)
    expect(JSON.parse(body).error.code).toBe('context_length_exceeded')
  })
})

test('the models are listed', async () => {
  const { body } = await openSandbox().ask('/models')
  expect(JSON.parse(body).data.map(({ id }: { id: string }) => id)).toEqual(['speka/sandbox'])
})

test('only what is addressed to the sandbox is sent there', () => {
  const sent: string[] = []
  const into = (name: string) => ({
    send: () => {
      sent.push(name)
      return { pause() {}, resume() {}, abort() {} }
    },
  })
  const transport = withSandbox(into('real'), into('sandbox'))
  const sink = { head() {}, data() {}, end() {}, fail() {} }
  for (const origin of [sandboxOrigin, 'https://api.example.com/v1', 'sandbox:evil']) {
    transport.send({ id: 'a', origin, credential: '' }, { method: 'GET', path: '/models', headers: {} }, sink)
  }
  expect(sent).toEqual(['sandbox', 'real', 'real'])
})
