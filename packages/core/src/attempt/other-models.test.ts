import type { Failure } from '../failure.ts'
import type { RoutePlan } from '../route/plan-route.ts'
import type { Target } from '../route/target.ts'
import { otherModels } from './other-models.ts'

/** A target as far as places and models tell it from others. */
const target = (model: string, contextWindow?: number, provider = 'p', upstreamModel = model): Target =>
  ({ model, provider, upstreamModel, entry: { contextWindow } }) as Target

const failed = (failureClass: 'context_window' | 'content_policy'): Failure => ({
  class: failureClass,
  mayBeBilled: false,
  message: '',
})

const first = target('first', 100)
const plan = {
  contextWindow: [target('for-length', 50)],
  contentPolicy: [target('for-content')],
} as unknown as RoutePlan

const names = (targets: readonly Target[]): string[] => targets.map(({ model }) => model)

test('each class has the fallbacks that are for it, and only those', () => {
  expect(names(otherModels(failed('context_window'), plan, [first], []))).toEqual(['for-length'])
  expect(names(otherModels(failed('content_policy'), plan, [first], []))).toEqual(['for-content'])
})

test('the plan’s other models come behind them, but not the same model elsewhere', () => {
  const left = [first, target('first', 100, 'elsewhere'), target('second', 200)] as const
  expect(names(otherModels(failed('content_policy'), plan, left, []))).toEqual(['for-content', 'second'])
  expect(names(otherModels(failed('context_window'), plan, left, []))).toEqual(['for-length', 'second'])
})

test('what was too long is asked only of models that hold more, or of which nobody knows', () => {
  const left = [first, target('less', 99), target('as-much', 100), target('more', 101), target('unknown')] as const
  expect(names(otherModels(failed('context_window'), plan, left, []))).toEqual(['for-length', 'more', 'unknown'])
  expect(names(otherModels(failed('content_policy'), plan, left, []))).toEqual([
    'for-content',
    'less',
    'as-much',
    'more',
    'unknown',
  ])
})

test('any window is more than that of a model of which nobody knows', () => {
  const left = [target('first'), target('some', 1)] as const
  expect(names(otherModels(failed('context_window'), plan, left, []))).toEqual(['for-length', 'some'])
})

test('each place is named once, and none that was tried', () => {
  const left = [first, target('second', 200), target('alias', 300, 'p', 'second'), target('third', 300)] as const
  expect(names(otherModels(failed('context_window'), plan, left, []))).toEqual(['for-length', 'second', 'third'])
  const tried = [
    { provider: 'p', upstreamModel: 'third' },
    { provider: 'p', upstreamModel: 'for-length' },
    { provider: 'q', upstreamModel: 'second' },
  ]
  expect(names(otherModels(failed('context_window'), plan, left, tried))).toEqual(['second'])
})
