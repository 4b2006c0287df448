import { relevanceOf, wordsOf } from './rank.ts'

const to = (query: string, document: string): number => relevanceOf(wordsOf(query), document)

test('more of the query’s words mean more relevance, and all of them not more than 1', () => {
  const [none, some, all] = ['Nothing here', 'The sky above', 'The blue sky'].map((text) => to('the blue sky', text))
  expect(none).toBe(0)
  expect(some).toBeGreaterThan(0)
  expect(all).toBeGreaterThan(Number(some))
  expect(all).toBeLessThanOrEqual(1)
})

test('of two with as many words of the query the shorter comes first', () => {
  expect(to('sky', 'the sky')).toBeGreaterThan(to('sky', 'the sky and the sea and the land'))
})

test('letters’ case and signs make no difference, in any alphabet', () => {
  expect(to('ÜBER Straßen?', 'über, straßen!')).toBe(1)
  expect(to('…', 'a')).toBe(0)
})
