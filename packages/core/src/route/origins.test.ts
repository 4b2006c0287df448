import { buildRoutingTable } from './routing-table.ts'

const addressesOf = (model: string, baseUrl?: string): string[] => {
  const table = buildRoutingTable({
    providers: { cohere: { type: 'cohere', api_key: 'k', ...(baseUrl !== undefined && { base_url: baseUrl }) } },
    models: { [model]: { targets: [{ provider: 'cohere' }] } },
  })
  return table.find(model)?.targets.map(({ upstream }) => upstream.origin) ?? []
}

test.each([
  ['command-a-03-2025', 'https://api.cohere.ai/compatibility/v1'],
  ['embed-v4.0', 'https://api.cohere.ai/compatibility/v1'],
  ['rerank-v3.5', 'https://api.cohere.com/v2'],
])('Cohere serves %s at %s, whether or not its operations are configured', (model, address) => {
  expect(addressesOf(model)).toEqual([address])
})

test('an address of the operator’s own is the address of everything', () => {
  expect(['command-a-03-2025', 'rerank-v3.5'].flatMap((model) => addressesOf(model, 'http://127.0.0.1:9/v2'))).toEqual([
    'http://127.0.0.1:9/v2',
    'http://127.0.0.1:9/v2',
  ])
})
