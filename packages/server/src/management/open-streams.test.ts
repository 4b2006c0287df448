import { SpekaError } from '@speka/core'
import type { Actor } from '../actor.ts'
import { OpenStreams } from './open-streams.ts'

const member = (account: string, id: string): Actor => ({
  kind: 'account',
  account,
  role: 'viewer',
  by: 'ses_1',
  member: id,
})

test.each([
  { what: 'of one member', bounds: { each: 1 }, fits: member('a', 'second') },
  { what: 'of an account', bounds: { account: 1 }, fits: member('b', 'first') },
])('so many $what are open at once, and others all the same', ({ bounds, fits }) => {
  const streams = new OpenStreams(bounds)
  const leave = streams.take(member('a', 'first'))
  expect(() => streams.take(member('a', 'first'))).toThrow(SpekaError)
  streams.take(fits)
  leave()
  // Leaving twice gives back one place.
  leave()
  streams.take(member('a', 'first'))
  expect(() => streams.take(member('a', 'first'))).toThrow('Close one, or ask again later.')
})

test('so many are open in all', () => {
  const streams = new OpenStreams({ all: 2 })
  streams.take(member('a', 'first'))
  streams.take({ kind: 'operator', by: 'admin_token' })
  expect(() => streams.take(member('b', 'first'))).toThrow('2 live streams are open already')
})
