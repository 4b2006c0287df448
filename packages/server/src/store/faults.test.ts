import { faultOf } from './faults.ts'

test.each([
  ['failed', 'upstream_error', 'upstream'],
  ['interrupted', 'upstream_incomplete', 'upstream'],
  ['failed', 'rate_limit_exceeded', 'upstream'],
  ['failed', 'upstream_auth_failed', 'gateway'],
  ['interrupted', 'server_shutdown', 'gateway'],
  ['failed', 'invalid_request', 'caller'],
  ['failed', 'context_length_exceeded', 'caller'],
  ['interrupted', 'insufficient_quota', 'caller'],
  ['failed', 'a code of another version', 'gateway'],
  ['failed', undefined, 'gateway'],
  ['complete', undefined, undefined],
  ['cancelled', 'client_closed_request', undefined],
])('%s with %s is the fault of %s', (outcome, code, fault) => {
  expect(faultOf(outcome, code)).toBe(fault)
})
