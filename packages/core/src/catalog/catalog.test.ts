import { formatPricePerMillion } from '../money.ts'
import { isGlob, matchesGlob } from './glob.ts'
import { nearestIds } from './nearest-ids.ts'
import { plans } from './plans.ts'
import { shippedModels } from './shipped-models.ts'
import { shippedTargets } from './shipped-targets.ts'

describe('the shipped catalog', () => {
  test('has sixteen models of seven labs, and the sandbox', () => {
    expect(shippedModels).toHaveLength(17)
    expect(new Set(shippedModels.map((model) => model.ownedBy)).size).toBe(8)
    expect(new Set(shippedModels.map((model) => model.id)).size).toBe(17)
  })

  test('gives every model a price with its source and date', () => {
    for (const { prices } of shippedModels) {
      expect(prices).toHaveLength(1)
      expect(prices[0]?.input ?? prices[0]?.image).toBeGreaterThan(0n)
      expect(prices[0]?.asOf).toMatch(/^\d{4}-\d{2}$/)
    }
  })

  test('keeps prices exact', () => {
    const embed = shippedModels.find((model) => model.id === 'nvidia/nv-embed-v1')
    expect(embed?.prices[0]?.input).toBe(16_000n)
    expect(formatPricePerMillion(embed?.prices[0]?.input ?? plans[0]!.monthlyPrice)).toBe('0.016')
  })

  test('lets NVIDIA serve every curated model, behind the lab itself', () => {
    for (const { id } of shippedModels.filter((model) => model.id !== 'speka/sandbox')) {
      expect(shippedTargets(id)).toContainEqual({ provider: 'nvidia', model: id })
    }
    expect(shippedTargets('deepseek-ai/deepseek-v4-flash')[0]?.provider).toBe('deepseek')
  })

  test('has four plans, the smallest of which stops at its allowance', () => {
    expect(plans.map((plan) => plan.id)).toEqual(['free', 'starter', 'pro', 'scale'])
    expect(plans.map((plan) => plan.overage)).toEqual(['stop', 'bill', 'bill', 'bill'])
  })
})

describe('globs', () => {
  test.each([
    ['mock*', 'mock-small', true],
    ['mock*', 'a/mock', false],
    ['*/fast', 'acme/fast', true],
    ['a*b*c', 'axxbyyc', true],
    ['a*b*c', 'abc', true],
    ['a*a', 'a', false],
    ['*', 'anything/at:all', true],
    ['exact', 'exact', true],
    ['exact', 'exactly', false],
  ])('%s against %s: %s', (pattern, text, expected) => {
    expect(matchesGlob(pattern, text)).toBe(expected)
  })

  test('take linear time on hostile ids', () => {
    expect(matchesGlob(`${'a*'.repeat(500)}b`, 'a'.repeat(100_000))).toBe(false)
  })

  test('are told apart from plain ids', () => {
    expect([isGlob('a*'), isGlob('a')]).toEqual([true, false])
  })
})

describe('the nearest ids', () => {
  const ids = shippedModels.map((model) => model.id)

  test.each([
    ['deepseek-v4-flash', 'deepseek-ai/deepseek-v4-flash'],
    ['meta/llama3.3-70b', 'meta/llama-3.3-70b-instruct'],
    ['gpt-oss', 'openai/gpt-oss-120b'],
  ])('to %s begin with %s', (asked, best) => {
    expect(nearestIds(asked, ids)[0]).toBe(best)
  })

  test('to something else entirely are none', () => {
    expect(nearestIds('zzz', ids)).toEqual([])
  })
})
