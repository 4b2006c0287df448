import { createGateway, openGateway } from './create-gateway.ts'

const server = { apiKey: 'sk-speka-test-1', baseURL: 'http://127.0.0.1:1/v1' }

/** Runs with other variables, and puts back what was there. */
function under<Value>(variables: Readonly<Record<string, string | undefined>>, run: () => Value): Value {
  const before = { ...process.env }
  for (const [name, value] of Object.entries(variables)) {
    if (value === undefined) delete process.env[name]
    else process.env[name] = value
  }
  try {
    return run()
  } finally {
    process.env = before
  }
}

const nothing = { SPEKA_API_KEY: undefined, SPEKA_BASE_URL: undefined }

test('a gateway that is given is the gateway', () => {
  const gateway = createGateway({ config: {} })
  expect(openGateway({ gateway, apiKey: 'ignored' })).toBe(gateway)
})

test('the same server with the same key is the same gateway', () => {
  expect(openGateway(server)).toBe(openGateway({ ...server }))
  expect(openGateway({ ...server, apiKey: 'sk-speka-test-2' })).not.toBe(openGateway(server))
  expect(openGateway({ ...server, baseURL: 'http://127.0.0.1:2/v1' })).not.toBe(openGateway(server))
})

test('other headers are another gateway, the same ones the same', () => {
  const headers = { 'x-speka-customer': 'c' }
  expect(openGateway({ ...server, headers })).toBe(openGateway({ ...server, headers: { ...headers } }))
  expect(openGateway({ ...server, headers })).not.toBe(openGateway(server))
  expect(() => openGateway({ ...server, headers: { authorization: 'x' } })).toThrow(RangeError)
})

test('key and address may come from the environment', () => {
  const given = openGateway(server)
  const variables = { SPEKA_API_KEY: server.apiKey, SPEKA_BASE_URL: server.baseURL }
  expect(under(variables, () => openGateway({}))).toBe(given)
})

test.each([{ apiKey: undefined }, { apiKey: '' }])('without a key nothing is opened: $apiKey', ({ apiKey }) => {
  expect(() => under(nothing, () => openGateway({ apiKey }))).toThrow(
    expect.objectContaining({ code: 'invalid_api_key', status: 401 }),
  )
})

test('gateways that were opened long ago are let go', () => {
  const first = openGateway(server)
  for (let number = 0; number < 100; number += 1) openGateway({ ...server, apiKey: `sk-speka-test-many-${number}` })
  expect(openGateway(server)).not.toBe(first)
})
