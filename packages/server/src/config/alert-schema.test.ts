import { parseConfig } from './read-config-file.ts'

const SECRET = `whsec_${Buffer.alloc(24, 1).toString('base64')}`

/** The first problem of a configuration with these alerts; `undefined`: there is none. */
function problemOf(alerts: unknown): string | undefined {
  try {
    parseConfig(JSON.stringify({ alerts }), 'speka.json', {})
    return undefined
  } catch (error) {
    return String((error as Error).message)
  }
}

const when = { spend_of_limit: [50, 80, 100], spend_velocity: '3x', provider_key_refused: true, target_down: true }

test.each([
  { alerts: [] },
  { alerts: [{ when }] },
  { alerts: [{ when: { spend_velocity: '2.5x' }, webhook: 'https://hooks.example.com/a?token=b' }] },
  { alerts: [{ when, webhook: 'http://127.0.0.1:9000/', secret: SECRET }] },
  { alerts: [{ when, webhook: 'http://localhost:9000/', secret: [SECRET, SECRET] }] },
  {
    alerts: [
      { when, webhook: 'https://a.example/', secret: SECRET },
      { when, webhook: 'https://a.example/', secret: SECRET },
    ],
  },
])('takes what may be said: $#', ({ alerts }) => {
  expect(problemOf(alerts)).toBeUndefined()
})

test.each([
  { alerts: [{}], says: 'alerts[0].when: must be' },
  { alerts: [{ when: {} }], says: 'alerts[0].when: must name at least one of spend_of_limit' },
  { alerts: [{ when: { target_down: false } }], says: 'alerts[0].when: must name at least one of' },
  { alerts: [{ when: { spend: [50] } }], says: 'alerts[0].when.spend: is not a known field' },
  { alerts: [{ when, url: 'https://a.example' }], says: 'alerts[0].url: is not a known field' },
  { alerts: [{ when: { spend_of_limit: [] } }], says: 'needs at least one percentage' },
  { alerts: [{ when: { spend_of_limit: [0] } }], says: 'spend_of_limit[0]: ' },
  { alerts: [{ when: { spend_of_limit: [101] } }], says: 'spend_of_limit[0]: ' },
  { alerts: [{ when: { spend_of_limit: [-50] } }], says: 'spend_of_limit[0]: ' },
  { alerts: [{ when: { spend_of_limit: [12.5] } }], says: 'must be a whole number of percent, from 1 to 100' },
  { alerts: [{ when: { spend_of_limit: ['50'] } }], says: 'must be a whole number of percent, from 1 to 100' },
  { alerts: [{ when: { spend_velocity: 3 } }], says: 'must be how many times the usual' },
  { alerts: [{ when: { spend_velocity: '1x' } }], says: 'must be how many times the usual' },
  { alerts: [{ when: { spend_velocity: '-3x' } }], says: 'must be how many times the usual' },
  { alerts: [{ when: { spend_velocity: '99999x' } }], says: 'must be how many times the usual' },
  { alerts: [{ when, webhook: 'http://hooks.example.com/' }], says: 'alerts[0].webhook: must be an https URL' },
  { alerts: [{ when, webhook: 'http://127.0.0.1.example.com/' }], says: 'must be an https URL' },
  { alerts: [{ when, webhook: 'file:///etc/passwd' }], says: 'must be an https URL' },
  { alerts: [{ when, webhook: 'https://user:password@a.example/' }], says: 'must be an https URL' },
  { alerts: [{ when, webhook: 'hooks' }], says: 'must be an https URL' },
  { alerts: [{ when, secret: SECRET }], says: 'alerts[0].secret: signs what is sent to a webhook, and there is none' },
  { alerts: [{ when, webhook: 'https://a.example/', secret: 'secret' }], says: 'alerts[0].secret: must be "whsec_"' },
  { alerts: [{ when, webhook: 'https://a.example/', secret: 'whsec_c2hvcnQ=' }], says: 'must be "whsec_"' },
  { alerts: [{ when, webhook: 'https://a.example/', secret: [] }], says: 'must be "whsec_"' },
  {
    alerts: [
      { when, webhook: 'https://a.example/', secret: SECRET },
      { when, webhook: 'https://a.example/' },
    ],
    says: 'alerts[1].secret: is not that of alerts[0], which has the same webhook',
  },
])('$#: $says', ({ alerts, says }) => {
  expect(problemOf(alerts)).toContain(says)
})

test('a secret is not in what is said of it', () => {
  expect(problemOf([{ when, webhook: 'https://a.example/', secret: 'whsec_canary' }])).not.toContain('canary')
})
