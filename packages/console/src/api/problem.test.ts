import { Problem, problemIn, wordsFor } from './problem.ts'

test('an error of the API is told in its own words', async () => {
  const body = {
    status: 400,
    title: 'Bad Request',
    detail: 'limit must be whole.',
    code: 'invalid_value',
    param: 'limit',
  }
  const headers = { 'content-type': 'application/problem+json', 'x-request-id': '01a' }
  const problem = await problemIn(new Response(JSON.stringify(body), { status: 400, headers }))
  expect(problem).toMatchObject({ status: 400, code: 'invalid_value', param: 'limit', requestId: '01a' })
  expect(wordsFor(problem)).toBe('limit must be whole.')
})

test('a page of something that stands in between is told as such', async () => {
  const problem = await problemIn(new Response('<h1>Bad gateway</h1>', { status: 502 }))
  expect(problem).toBeInstanceOf(Problem)
  expect(wordsFor(problem)).toContain('status 502')
})

test('a gateway that is not there is told as such', () => {
  expect(wordsFor(new TypeError('Failed to fetch'))).toContain('could not be reached')
})
