import { parseSearch, stringifySearch } from './search-params.ts'

test('what is in the address stays text, numbers too', () => {
  expect(parseSearch('?model=a%2Fb&after=12')).toEqual({ model: 'a/b', after: '12' })
})

test('filters that say nothing are not in the address', () => {
  expect(stringifySearch({ model: 'a/b', key_id: '', sort: undefined })).toBe('?model=a%2Fb')
  expect(stringifySearch({ model: undefined })).toBe('')
})
