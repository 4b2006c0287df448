import { Socket } from 'node:net'
import { ConnectionEnd, MOST_REQUESTS } from './connection-end.ts'

test('the thousandth request of a connection is its last, and each connection is counted by itself', () => {
  const ends = new ConnectionEnd()
  const [socket, other] = [new Socket(), new Socket()]
  const counted = Array.from({ length: MOST_REQUESTS + 2 }, () => ends.count(socket))
  expect(counted.slice(0, -3).every((place) => place === 'more')).toBe(true)
  expect(counted.slice(-3)).toEqual(['last', 'behind', 'behind'])
  expect(ends.count(other)).toBe('more')
})

test('a connection that has ended brings no more', () => {
  const ends = new ConnectionEnd()
  const socket = new Socket()
  expect(ends.count(socket)).toBe('more')
  ends.end(socket)
  expect(ends.count(socket)).toBe('behind')
})
