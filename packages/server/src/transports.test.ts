import { createServer, type IncomingMessage, type Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import { Transports } from './transports.ts'

let server: Server
let origin: string
const seen: IncomingMessage[] = []

beforeAll(async () => {
  server = createServer((request, response) => {
    seen.push(request)
    response.end(request.url?.includes('/oauth2/') === true ? '{"access_token":"a-token-of-entra"}' : 'answer')
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  origin = `http://127.0.0.1:${(server.address() as AddressInfo).port}`
})

afterAll(() => {
  server.closeAllConnections()
  server.close()
})

test('upstreams are called as whoever the environment of the server says', async () => {
  const transports = new Transports({
    AZURE_AUTHORITY_HOST: origin,
    AZURE_TENANT_ID: 'acme',
    AZURE_CLIENT_ID: 'gateway',
    AZURE_CLIENT_SECRET: 'a secret',
  })
  const transport = transports.for(1000)
  const answer = await new Promise<string>((resolve) => {
    let text = ''
    transport.send(
      { id: 'up', origin, credential: '', identity: { cloud: 'azure', settings: {} } },
      { method: 'GET', path: '/models', headers: {} },
      {
        head() {},
        data: (chunk) => (text += Buffer.from(chunk).toString()),
        end: () => resolve(text),
        fail: ({ kind }) => resolve(kind),
      },
    )
  })
  await transports.close()
  expect(answer).toBe('answer')
  expect(seen.map(({ url, headers }) => [url, headers['authorization']])).toEqual([
    ['/acme/oauth2/v2.0/token', undefined],
    ['/models', 'Bearer a-token-of-entra'],
  ])
})
