import type { UsageRecord } from '@speka/core'
import { errorTable } from '@speka/core/internal'
import { TEXT, type FaultCase, type Observed } from './fault-row.ts'
import { PROMPT, PROVIDER_KEY, SECOND_KEY, type Rig } from './rig.ts'

/** What the upstream says that is well. */
const WELL = 'Hello'
/** Ten tokens in and five out, at 1 and 2 USD per million. */
const USUAL_CHARGE = 20_000_000n

/** Checks what a caller saw, and what must hold whatever it saw. */
export function judge(fault: FaultCase, seen: Observed): void {
  const { sees, way, text = TEXT, charge, asked = 1 } = fault
  const [record] = seen.records
  const whole = sees.kind === 'answer' || sees.kind === 'another'

  // The official SDK reports success if and only if the answer is whole.
  if (whole) expect(seen.sdk).toEqual({ ok: true, text: sees.kind === 'answer' ? text : WELL })
  else expect(seen.sdk).toMatchObject({ ok: false, text: sees.kind === 'broken' ? sees.text : '' })
  expect(seen.text.split('data: [DONE]').length - 1).toBe(whole && way === 'stream' ? 1 : 0)

  // One row, that says so.
  expect(seen.records.map(({ outcome }) => outcome)).toEqual([outcomes[sees.kind]])
  if (charge !== 'any') expect(record?.charge).toBe(charge ?? (whole ? USUAL_CHARGE : 0n))
  expect(record?.id).toBe(seen.headers.get('x-request-id'))

  if (sees.kind === 'error') {
    const { status, type, retry } = errorTable[sees.code]
    expect(`${seen.status} ${envelopeIn(seen.text).code}`).toBe(`${status} ${sees.code}`)
    expect(envelopeIn(seen.text)).toEqual({
      message: expect.stringMatching(/\S/),
      type,
      param: null,
      code: sees.code,
    })
    // The gateway has done the retrying; whoever does it again multiplies.
    if (!retry) expect(seen.headers.get('x-should-retry')).toBe('false')
    expect(record?.errorCode).toBe(sees.code)
  } else {
    expect(seen.status).toBe(200)
  }
  if (sees.kind === 'broken') {
    expect(record?.errorCode).toBe(sees.code)
    const events = seen.text.trimEnd().split('\n\n')
    expect(envelopeIn((events.at(-1) ?? '').replace('data: ', '')).code).toBe(sees.code)
  }

  expect(seen.asked).toHaveLength(fault.provider === undefined || fault.provider === 'two-keys' ? asked : 0)
  expect(seen.others).toHaveLength(sees.kind === 'another' ? 1 : 0)
  fault.also?.(seen)
}

const outcomes = { answer: 'complete', another: 'complete', error: 'failed', broken: 'interrupted' } as const

const envelopeIn = (text: string): { code: string } => (JSON.parse(text) as { error: { code: string } }).error

/** Looks for secrets where they must not be. */
export function expectNoSecret(rig: Rig, observed: readonly Observed[]): void {
  const answers = observed.map(({ headers, text }) => JSON.stringify([...headers]) + text).join('\n')
  const ledger = observed.flatMap(({ records }) => records.map(written)).join('\n')
  const log = rig.log.join('')
  for (const form of [PROVIDER_KEY, SECOND_KEY].flatMap(formsOf)) {
    for (const [place, text] of Object.entries({ answers, ledger, log })) expectWithout(place, text, form)
  }
  // The caller knows the prompt; nobody keeps it.
  for (const [place, text] of Object.entries({ ledger, log })) expectWithout(place, text, PROMPT)
}

/** As it is, a good part of it, and encoded as it may come within longer text. */
function formsOf(secret: string): string[] {
  const encoded = [0, 1, 2].map((shift) =>
    Buffer.from('x'.repeat(shift) + secret)
      .toString('base64')
      .slice(4, -4),
  )
  return [secret.slice(0, 14), secret.slice(-12), ...encoded]
}

function expectWithout(place: string, text: string, secret: string): void {
  const at = text.indexOf(secret)
  if (at !== -1) throw new Error(`A secret is in the ${place}: …${text.slice(Math.max(0, at - 200), at + 60)}…`)
}

const written = (record: UsageRecord): string =>
  JSON.stringify(record, (_, value: unknown) => (typeof value === 'bigint' ? `${value}` : value))
