import { z } from 'zod'
import { amounts, oneRule, subjects, terms, usdAmount, windowOfMoney } from './limit-fields.ts'

const limit = z.strictObject({ subject: subjects, ...amounts, ...terms }).superRefine(oneRule)
const ofKey = z.strictObject(amounts).superRefine(windowOfMoney)

const problemsIn = (schema: z.ZodType, value: unknown): string[] =>
  schema.safeParse(value).error?.issues.map(({ path, message }) => `${path.join('.')}: ${message}`) ?? []

const said = (fields: object): unknown => ({ subject: { each: 'key' }, ...fields })

test.each<[field: string, taken: readonly unknown[], refused: readonly unknown[], says: string]>([
  [
    'usd',
    ['0', '9000000', '0.000000000001'],
    ['9000000.000000000001', '-1', '1e3', '', 5],
    'a decimal string of US dollars',
  ],
  ['rpm', [1, 1_000_000_000], [0, 1_000_000_001, 1.5, '60'], 'must be a whole number from 1 to 1000000000'],
  ['rpd', [1, 1_000_000_000], [0, 1_000_000_001, 1.5, '60'], 'must be a whole number from 1 to 1000000000'],
  ['tpm', [1, 1_000_000_000], [0, 1_000_000_001, 1.5, '60'], 'must be a whole number from 1 to 1000000000'],
  ['max_parallel', [1, 1_000_000_000], [0, 1_000_000_001, 1.5, '60'], 'must be a whole number from 1 to 1000000000'],
])('a limit of %s may be %j, and not %j', (field, taken, refused, says) => {
  for (const value of taken) expect(problemsIn(limit, said({ [field]: value }))).toEqual([])
  for (const value of refused)
    expect(problemsIn(limit, said({ [field]: value }))).toEqual([expect.stringMatching(`^${field}: .*${says}`)])
})

test.each<[field: string, taken: readonly unknown[], refused: readonly unknown[], says: string]>([
  ['window', ['day', 'week', 'month', 'lifetime'], ['year', '', 1], 'must be one of '],
  ['models', ['m', ' meta/* ', 'm'.repeat(200)], ['', ' ', 'm'.repeat(201), 1], ''],
  ['on_reached', ['stop', 'notify'], ['explode', 1], 'must be one of '],
])('the %s of a limit of money may be %j, and not %j', (field, taken, refused, says) => {
  for (const value of taken) expect(problemsIn(limit, said({ usd: '5', [field]: value }))).toEqual([])
  for (const value of refused)
    expect(problemsIn(limit, said({ usd: '5', [field]: value }))).toEqual([expect.stringMatching(`^${field}: ${says}`)])
})

const fallBack = (fallback: unknown): string[] =>
  problemsIn(limit, said({ usd: '5', on_reached: 'fallback', fallback }))

test('models to fall back to are one at least, and twenty at most', () => {
  expect(fallBack(['m'])).toEqual([])
  expect(fallBack(Array(20).fill('m'))).toEqual([])
  expect(fallBack(Array(21).fill('m'))).toEqual(['fallback: must be at most 20 models'])
  expect(fallBack([])).toEqual(['fallback: must name at least one model'])
  expect(fallBack('m')).toEqual(['fallback: must be a list of models'])
  expect(fallBack([' '])).toEqual(['fallback.0: must not be empty'])
  expect(fallBack(undefined)).toEqual([
    'fallback: is missing: with on_reached fallback, name the models to ask instead',
  ])
})

test.each([
  [{}, 'usd: is missing: say one of usd, rpm, rpd, tpm, max_parallel'],
  [{ usd: '5', rpm: 1 }, 'rpm: cannot stand beside usd: one limit has one of usd, rpm, rpd, tpm, max_parallel'],
  [{ rpd: 1, max_parallel: 1 }, 'max_parallel: cannot stand beside rpd'],
  [{ tpm: 1, window: 'day' }, 'window: has a meaning only with usd: rates have their own'],
  [{ rpm: 1, on_reached: 'notify' }, 'on_reached: must be stop: a rate such as rpm knows nothing else'],
  [{ usd: '5', fallback: ['m'] }, 'fallback: has a meaning only with on_reached fallback'],
  [{ usd: '5', on_reached: 'notify', fallback: ['m'] }, 'fallback: has a meaning only with on_reached fallback'],
])('the parts of one limit have to go together: %j', (fields, says) => {
  expect(problemsIn(limit, said(fields))).toEqual([expect.stringContaining(says)])
})

test('a rate may say that it stops, which is all it does', () => {
  expect(problemsIn(limit, said({ rpm: 1, on_reached: 'stop' }))).toEqual([])
})

test('limits of a key stand beside each other, and only money has a window', () => {
  expect(problemsIn(ofKey, { usd: '5', window: 'day', rpm: 1, rpd: 1, tpm: 1, max_parallel: 1 })).toEqual([])
  expect(problemsIn(ofKey, {})).toEqual([])
  expect(problemsIn(ofKey, { rpm: 1, window: 'day' })).toEqual([
    'window: has a meaning only with usd: rates have their own',
  ])
})

const kinds = ['account', 'team', 'environment', 'member', 'key', 'customer', 'tag']

describe('the subject of a limit', () => {
  test.each(kinds)('is one %s, or each of them', (kind) => {
    expect(subjects.parse({ [kind]: ' name ' })).toEqual({ [kind]: 'name' })
    expect(subjects.parse({ each: kind })).toEqual({ each: kind })
    expect(problemsIn(subjects, { [kind]: 'n'.repeat(256) })).toEqual([])
    expect(problemsIn(subjects, { [kind]: 'n'.repeat(257) })).toHaveLength(1)
    expect(problemsIn(subjects, { [kind]: ' ' })).toEqual([`${kind}: must not be empty`])
    expect(problemsIn(subjects, { [kind]: 1 })).toEqual([`${kind}: must be a text`])
    expect(problemsIn(subjects, { [kind]: 'a', each: 'key' })).toEqual([
      expect.stringContaining('must name exactly one of'),
    ])
  })

  test.each([
    [{}, 'must name exactly one of '],
    ['key', 'must name one subject, such as '],
    [{ planet: 'earth' }, 'must name one subject, such as '],
    [{ each: 'planet' }, 'must be one of '],
  ])('is not %j', (subject, says) => {
    expect(problemsIn(subjects, subject)).toContainEqual(expect.stringContaining(says))
  })
})

test('an amount says what it may be, without what was given', () => {
  expect(problemsIn(usdAmount, 'sk-secret')).toEqual([
    ': must be a decimal string of US dollars from "0" to "9000000" with at most 12 decimals, such as "5.00"',
  ])
  expect(problemsIn(usdAmount, 5)).toEqual([': must be a decimal string of US dollars such as "5.00"'])
})
