import { expect, test } from '@jest/globals'
import { readPosts } from './read-posts.ts'

test('entries are those whose names have a day, the latest first', () => {
  const posts = readPosts([
    { name: '2026-10-01-first', text: '# The first\n\nIt began.' },
    { name: 'draft', text: '# Not yet' },
    { name: '2026-99-99-never', text: '# Never' },
    { name: '2026-11-01-no-title', text: 'Only words.' },
  ])
  expect(posts.map(({ slug, title, date, description }) => [slug, title, date, description])).toEqual([
    ['no-title', 'no title', '2026-11-01', 'Only words.'],
    ['first', 'The first', '2026-10-01', 'It began.'],
  ])
})
