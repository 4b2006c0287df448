import type { ICredentialsDecrypted, ICredentialTestFunctions } from 'n8n-workflow'
import { SpekaApi } from '../credentials/SpekaApi.credentials.ts'
import { EmbeddingsSpeka } from '../nodes/EmbeddingsSpeka/EmbeddingsSpeka.node.ts'
import { LmChatSpeka } from '../nodes/LmChatSpeka/LmChatSpeka.node.ts'
import { Speka } from '../nodes/Speka/Speka.node.ts'

const model = { id: 'a/b', object: 'model', endpoint: 'chat', endpoints: ['chat'] }
const list = (...data: object[]) => ({ object: 'list', data })

/** What the editor says of a credential when the gateway answers in some way. */
async function tested(answer: () => unknown, data: object = {}) {
  const asked: { url?: string; headers?: object; followRedirect?: boolean }[] = []
  const request = async (options: object) => {
    asked.push(options)
    return answer()
  }
  const functions = { helpers: { request } } as unknown as ICredentialTestFunctions
  const credential = { data: { apiKey: ' sk-1 ', baseUrl: 'http://gateway.test/', ...data } }
  const result = await new Speka().methods.credentialTest.testSpekaApi.call(
    functions,
    credential as unknown as ICredentialsDecrypted,
  )
  return { ...result, asked }
}

const reply =
  (statusCode: number, body: unknown, headers: object = {}) =>
  () => ({ statusCode, headers, body: typeof body === 'string' ? body : JSON.stringify(body) })

test('a gateway is found by its list of models, whatever is around address and key', async () => {
  const { status, message, asked } = await tested(reply(200, list(model, { ...model, id: 'c/d' })))
  expect({ status, message }).toEqual({ status: 'OK', message: 'The gateway offers 2 models.' })
  expect(asked).toEqual([
    expect.objectContaining({
      url: 'http://gateway.test/v1/models',
      headers: expect.objectContaining({ authorization: 'Bearer sk-1' }),
      followRedirect: false,
    }),
  ])
})

test.each([
  { what: 'a page', answer: reply(200, '<!doctype html>') },
  { what: 'nothing', answer: reply(200, '') },
  { what: 'a word', answer: reply(200, { status: 'ok' }) },
  { what: 'a list of something else', answer: reply(200, list({ name: 'x' })) },
  { what: 'the models of another maker', answer: reply(200, list({ id: 'gpt-x', object: 'model', owned_by: 'x' })) },
  { what: 'a redirect', answer: reply(302, '', { location: 'http://elsewhere.test' }) },
  { what: 'a page that is not there', answer: reply(404, 'Not Found') },
])('what answers and is no gateway is told apart: $what', async ({ answer }) => {
  expect(await tested(answer)).toMatchObject({
    status: 'Error',
    message: expect.stringMatching(/^http:\/\/gateway\.test\/v1 answers.*not as a Speka gateway does.*end in \/v1/),
  })
})

test.each([
  {
    what: 'a wrong key',
    answer: reply(401, { error: { message: 'No such key.', code: 'invalid_api_key' } }),
    says: /^No such key\. Check the API key.*speka keys list shows/,
  },
  {
    what: 'nobody listens',
    answer: fails('ECONNREFUSED'),
    says: /^Nothing answers at http:\/\/gateway\.test\/v1\. Is the gateway running.*host\.docker\.internal/,
  },
  { what: 'no such host', answer: fails('ENOTFOUND'), says: /^Nothing answers/ },
  { what: 'no key', data: { apiKey: ' ' }, says: /^The API Key is empty\. Check the API key/ },
  { what: 'no address', data: { baseUrl: '' }, says: /Base URL of the credential is empty.*http:\/\/127/ },
])('what is wrong is said with what to do: $what', async ({ answer = reply(200, list()), data, says }) => {
  const { status, message } = await tested(answer, data)
  expect({ status, message }).toEqual({ status: 'Error', message: expect.stringMatching(says) })
  expect(message).not.toContain('<')
})

test('an address is asked for, and none is there already: most people run their own gateway', () => {
  const field = new SpekaApi().properties.find(({ name }) => name === 'baseUrl')
  expect(field).toMatchObject({ required: true, default: '', hint: expect.stringContaining('host.docker.internal') })
})

test('every node tests it', () => {
  for (const node of [new Speka(), new LmChatSpeka(), new EmbeddingsSpeka()]) {
    expect(node.description.credentials).toEqual([{ name: 'spekaApi', required: true, testedBy: 'testSpekaApi' }])
    expect(node.methods).toHaveProperty('credentialTest.testSpekaApi')
  }
})

function fails(code: string) {
  return (): never => {
    throw Object.assign(new Error('x'), { code })
  }
}
