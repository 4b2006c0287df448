import type { FailureClass } from '../failure.ts'
import { nextStep, type NextStep } from './next-step.ts'

const situation = { billedBefore: false, anotherKey: false, anotherTarget: true, attemptsLeft: 3, routesItself: false }
const failed = (failureClass: FailureClass, mayBeBilled = false) => ({ class: failureClass, mayBeBilled, message: '' })

const table: Record<FailureClass, readonly [another: NextStep, alone: NextStep]> = {
  transient: ['next_target', 'retry_here'],
  timeout: ['next_target', 'retry_here'],
  rate_limit: ['next_target', 'retry_here'],
  quota: ['next_target', 'stop'],
  credential: ['next_target', 'stop'],
  model_unavailable: ['next_target', 'stop'],
  context_window: ['next_model', 'next_model'],
  content_policy: ['next_model', 'next_model'],
  caller_fault: ['stop', 'stop'],
  unfit: ['next_target', 'stop'],
  cancelled: ['stop', 'stop'],
  unknown: ['next_target', 'stop'],
}
const classes = Object.keys(table) as FailureClass[]

describe.each(classes)('after a failure of class %s', (failureClass) => {
  const [another, alone] = table[failureClass]

  test.each([
    { ...situation, mayBeBilled: false, step: another },
    { ...situation, mayBeBilled: true, step: another },
    { ...situation, mayBeBilled: false, billedBefore: true, step: another },
    { ...situation, mayBeBilled: true, billedBefore: true, step: 'stop' },
    { ...situation, mayBeBilled: false, attemptsLeft: 0, step: 'stop' },
    { ...situation, mayBeBilled: false, anotherTarget: false, step: alone },
    { ...situation, mayBeBilled: true, anotherTarget: false, step: alone },
    { ...situation, mayBeBilled: true, anotherTarget: false, billedBefore: true, step: 'stop' },
    { ...situation, mayBeBilled: false, anotherTarget: false, attemptsLeft: 0, step: 'stop' },
    { ...situation, mayBeBilled: false, routesItself: true, step: another },
    {
      ...situation,
      mayBeBilled: false,
      routesItself: true,
      anotherTarget: false,
      step: alone === 'retry_here' ? 'stop' : alone,
    },
  ])(
    'another target $anotherTarget, may be billed $mayBeBilled, before $billedBefore, left $attemptsLeft: $step',
    ({ step, mayBeBilled, ...rest }) => {
      expect(nextStep({ ...rest, failure: failed(failureClass, mayBeBilled) })).toBe(step)
    },
  )
})

const withKey: Partial<Record<FailureClass, NextStep>> = {
  rate_limit: 'next_key',
  quota: 'next_key',
  credential: 'next_key',
}

test.each(classes)(
  'another key is tried after %s where the failure is the key’s, before any other target',
  (failureClass) => {
    const [another, alone] = table[failureClass]
    const failure = failed(failureClass)
    const holding = { ...situation, anotherKey: true, failure }
    expect(nextStep(holding)).toBe(withKey[failureClass] ?? another)
    expect(nextStep({ ...holding, anotherTarget: false })).toBe(withKey[failureClass] ?? alone)
    expect(nextStep({ ...holding, attemptsLeft: 0 })).toBe('stop')
  },
)

test.each(classes)('the last attempt that is left after %s is made', (failureClass) => {
  expect(nextStep({ ...situation, attemptsLeft: 1, failure: failed(failureClass) })).toBe(table[failureClass][0])
})

test.each(classes)('an upstream that advises against it is not tried again at once after %s', (failureClass) => {
  const alone = { ...situation, anotherTarget: false }
  const failure = { ...failed(failureClass), isFinal: true }
  expect(nextStep({ ...alone, failure })).not.toBe('retry_here')
  // Another target, and another key, are other accounts.
  expect(nextStep({ ...situation, failure })).toBe(table[failureClass][0])
})
