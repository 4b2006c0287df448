import { createServer, type IncomingMessage, type Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import { createGateway } from '../create-gateway.ts'

const answer = {
  id: 'chatcmpl-1',
  object: 'chat.completion',
  created: 1,
  model: 'gpt-4o',
  choices: [{ index: 0, message: { role: 'assistant', content: 'Hi!' }, finish_reason: 'stop' }],
  usage: { prompt_tokens: 1, completion_tokens: 1, total_tokens: 2 },
}

let server: Server
let origin: string
let refuses: boolean
const seen: IncomingMessage[] = []

beforeAll(async () => {
  server = createServer((request, response) => {
    seen.push(request)
    const isForToken = request.url?.includes('/oauth2/') === true
    response.statusCode = isForToken && refuses ? 401 : 200
    response.setHeader('content-type', 'application/json')
    const token = refuses ? { error: 'invalid_client' } : { access_token: 'a-token-of-entra', expires_in: 3599 }
    response.end(JSON.stringify(isForToken ? token : answer))
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  origin = `http://127.0.0.1:${(server.address() as AddressInfo).port}`
})

beforeEach(() => {
  refuses = false
  seen.length = 0
  process.env['AZURE_AUTHORITY_HOST'] = origin
})

afterAll(() => {
  delete process.env['AZURE_AUTHORITY_HOST']
  server.closeAllConnections()
  server.close()
})

const gatewayOf = () =>
  createGateway({
    config: {
      providers: {
        azure: {
          type: 'azure',
          base_url: origin,
          identity: { tenant_id: 'acme', client_id: 'gateway', client_secret: 'a secret' },
        },
      },
      models: { m: { targets: [{ provider: 'azure', model: 'our-gpt' }] } },
      routing: { max_attempts: 1 },
    },
  })

const request = { model: 'm', messages: [{ role: 'user' as const, content: 'Hi' }] }

test('a gateway calls a cloud as somebody, by sockets, with one token for all calls', async () => {
  const gateway = gatewayOf()
  for (let turn = 0; turn < 2; turn += 1) {
    const { choices } = await gateway.chat(request)
    expect(choices[0]?.message.content).toBe('Hi!')
  }
  expect(seen.map(({ url }) => url)).toEqual([
    '/acme/oauth2/v2.0/token',
    '/openai/v1/chat/completions',
    '/openai/v1/chat/completions',
  ])
  expect(seen[1]?.headers['authorization']).toBe('Bearer a-token-of-entra')
  expect(seen[1]?.headers).not.toHaveProperty('api-key')
})

test('a gateway that is given no token says so, and sends nothing', async () => {
  refuses = true
  const told = await gatewayOf().chat(request).catch(String)
  expect(told).toContain('could not be shown a credential')
  expect(told).not.toContain('a secret')
  expect(seen.map(({ url }) => url)).toEqual(['/acme/oauth2/v2.0/token'])
})
