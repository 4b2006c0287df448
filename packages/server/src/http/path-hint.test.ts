import { hintAt } from './path-hint.ts'

test.each(['/v1/v1/messages', '/v1/v1/v1/messages'])('%s is where a base URL has a "/v1" too many', (path) => {
  expect(hintAt(path)).toMatch(/leave it out there, so that it asks at \/v1\/messages\.$/)
})

test('below a prefix as well', () => {
  expect(hintAt('/anthropic/v1/v1/messages')).toContain('asks at /anthropic/v1/messages.')
})

test('what vendors have and the gateway has not is named with what to do instead', () => {
  expect(hintAt('/v1/batches')).toMatch(/one by one instead/)
})

test.each(['/', '/v1', '/v1/v1', '/v1/nothing', '/a/v1x/v1/b'])('%s has the usual hint', (path) => {
  expect(hintAt(path)).toBe('See the API reference for what there is.')
})
