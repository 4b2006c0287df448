import { beginsAsEvents } from './begins-as-events.ts'

test.each([
  ['data: {}', true],
  ['data:{}', true],
  ['event: x', true],
  ['id: 1', true],
  ['retry: 1', true],
  [': comment', true],
  ['\uFEFFdata: x', true],
  ['\r\n\n data: x', true],
  ['{"a":1}', false],
  ['\uFEFF \n{"a":1}', false],
  ['[1]', false],
  ['<html>', false],
  ['date: today', false],
  ['idle', false],
  ['"data:"', false],
  ['', undefined],
  ['\n\n', undefined],
  ['d', undefined],
  ['event', undefined],
])('what begins with %j: events %s', (text, expected) => {
  expect(beginsAsEvents(Buffer.from(text), false)).toBe(expected)
})

test.each([
  ['x', true],
  ['{"a":1}', false],
  ['<html>', false],
  ['', undefined],
])('what is called events and begins with %j: events %s', (text, expected) => {
  expect(beginsAsEvents(Buffer.from(text), true)).toBe(expected)
})
