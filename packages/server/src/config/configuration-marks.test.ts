import { mkdtempSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { configurationMarks } from './configuration-marks.ts'
import { loadConfig } from './load-config.ts'
import { readSettings } from './settings.ts'

function marksOf(file: object, variables: Record<string, string> = {}): Record<string, string> {
  const path = join(mkdtempSync(join(tmpdir(), 'speka-')), 'speka.json')
  writeFileSync(path, JSON.stringify(file))
  return configurationMarks(loadConfig(readSettings({ ...variables, SPEKA_CONFIG: path })))
}

const file = {
  aliases: { fast: 'speka/sandbox' },
  plans: { team: { price_usd: '20', included_usd: '20', keys: 3, rpm: 60, overage: 'stop', features: [] } },
  accounts: { default: { plan: 'team' } },
}

const differing = (one: Record<string, string>, other: Record<string, string>) =>
  Object.keys(one).filter((section) => one[section] !== other[section])

test('the same configuration is the same wherever its file lies, and whenever it is read', () => {
  expect(marksOf(file)).toEqual(marksOf(file))
})

test.each([
  { section: 'aliases', change: { aliases: { fast: 'speka/sandbox', slow: 'speka/sandbox' } } },
  { section: 'plans', change: { plans: { team: { ...file.plans.team, price_usd: '21' } } } },
  { section: 'planOf', change: { accounts: { default: { plan: 'none' } } } },
  { section: 'durability', change: { ledger: { durability: 'relaxed' } } },
])('a change is told by its section: $section', ({ section, change }) => {
  expect(differing(marksOf(file), marksOf({ ...file, ...change }))).toEqual([section])
})

test('a provider key of the environment counts, and cannot be read out of it', () => {
  const [one, other] = ['sk-proj-one', 'sk-proj-two'].map((key) => marksOf(file, { OPENAI_API_KEY: key }))
  expect(differing(one ?? {}, other ?? {})).toEqual(['providers'])
  expect(JSON.stringify(one)).not.toContain('proj')
  expect(Object.values(one ?? {}).every((mark) => mark.length === 12)).toBe(true)
})
