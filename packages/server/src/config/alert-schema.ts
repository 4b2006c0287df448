import { z } from 'zod'

/** Hosts of this machine, where nobody listens in. */
const LOOPBACK = new Set(['127.0.0.1', 'localhost', '[::1]'])

/** Whether `text` can be the address of a webhook: https, or http on this machine, without a user or a fragment. */
function isWebhook(text: string): boolean {
  const url = URL.parse(text)
  if (url === null || url.username !== '' || url.password !== '' || url.hash !== '') return false
  return url.protocol === 'https:' || (url.protocol === 'http:' && LOOPBACK.has(url.hostname))
}

const SECRET_RULE =
  'must be "whsec_" and 24 to 64 random bytes in base64, or a list of two such: echo "whsec_$(openssl rand -base64 32)" makes one'

/** As the Standard Webhooks convention has it. */
function isSecret(value: unknown): boolean {
  const encoded = typeof value === 'string' ? /^whsec_([A-Za-z0-9+/]+={0,2})$/.exec(value)?.[1] : undefined
  const bytes = Buffer.from(encoded ?? '', 'base64').length
  return bytes >= 24 && bytes <= 64
}

/** One, or two while one takes the place of the other: then both sign. */
const secrets = z.custom<string | readonly string[]>(
  (value) => isSecret(value) || (Array.isArray(value) && [1, 2].includes(value.length) && value.every(isSecret)),
  { error: SECRET_RULE },
)

const PERCENT_RULE = 'must be a whole number of percent, from 1 to 100'
const percent = z.int({ error: PERCENT_RULE }).min(1, { error: PERCENT_RULE }).max(100, { error: PERCENT_RULE })

const VELOCITY_RULE = 'must be how many times the usual, more than once, such as "3x" or "2.5x"'

const when = z
  .strictObject({
    spend_of_limit: z
      .array(percent)
      .min(1, { error: 'needs at least one percentage, such as [50, 80, 100]' })
      .optional(),
    spend_velocity: z
      .string({ error: VELOCITY_RULE })
      .refine((text) => /^\d{1,4}(\.\d{1,2})?x$/.test(text) && Number(text.slice(0, -1)) > 1, { error: VELOCITY_RULE })
      .optional(),
    provider_key_refused: z.boolean().optional(),
    target_down: z.boolean().optional(),
    payment_failed: z.boolean().optional(),
  })
  .refine((given) => Object.values(given).some((wanted) => wanted !== undefined && wanted !== false), {
    error:
      'must name at least one of spend_of_limit, spend_velocity, provider_key_refused, target_down, payment_failed',
  })

const alert = z
  .strictObject({
    when,
    webhook: z
      .string()
      .refine(isWebhook, {
        error: 'must be an https URL, or http on 127.0.0.1 or localhost, such as "https://hooks.example.com/speka"',
      })
      .optional(),
    secret: secrets.optional(),
  })
  .refine(({ secret: given, webhook }) => given === undefined || webhook !== undefined, {
    error: 'signs what is sent to a webhook, and there is none',
    path: ['secret'],
  })

/** What the operator wants to be told of, and where. */
export type AlertConfig = z.infer<typeof alert>

export const alertList = z.array(alert).superRefine((alerts, context) => {
  const first = new Map<string, number>()
  for (const [index, { webhook, secret: given }] of alerts.entries()) {
    if (webhook === undefined) continue
    const other = first.get(webhook)
    if (other === undefined) first.set(webhook, index)
    else if (JSON.stringify(alerts[other]?.secret) !== JSON.stringify(given))
      context.addIssue({
        code: 'custom',
        path: [index, 'secret'],
        message: `is not that of alerts[${other}], which has the same webhook`,
      })
  }
})
