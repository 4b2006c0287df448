import type { AlertConfig } from '../../config/alert-schema.ts'
import type { NewAlert } from '../../store/alerts.ts'
import { alertRulesOf, type Webhook } from '../alert-rules.ts'

/** An example of the convention's own, and how it signs a message. */
export const SECRET = 'whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw'

/** The one webhook of a configuration. */
export function webhookOf(url: string, secret?: AlertConfig['secret']): Webhook {
  const [webhook] = alertRulesOf([{ when: { target_down: true }, webhook: url, secret }]).webhooks.values()
  if (webhook === undefined) throw new Error('no webhook')
  return webhook
}

let made = 0

/** An alert to be sent to one webhook. */
export function alertTo({ id, host }: Webhook, at: number): NewAlert {
  made += 1
  return {
    id: `alert_${made}`,
    kind: 'target.down',
    at,
    account: undefined,
    body: `{"n":${made}}`,
    endpoints: [{ id, host }],
  }
}
