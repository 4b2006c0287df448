import { readFileSync } from 'node:fs'
import { join, resolve } from 'node:path'
import { knownProviders } from '../../packages/core/src/providers/known-providers.ts'
import { besideChat, kinds, pages, withProviders } from './provider-pages.ts'

const root = resolve(import.meta.dirname, '..', '..')
const facts = 'packages/core/src/providers/provider-facts.ts'

test.each(pages)('%s says what the table of providers says', (page) => {
  const text = readFileSync(join(root, page), 'utf8')
  if (text !== withProviders(text)) throw new Error(`${page} is out of step with the providers: npm run providers`)
})

test('no page lists providers on its own', () => {
  const parts = pages.flatMap((page) =>
    [...readFileSync(join(root, page), 'utf8').matchAll(/<!-- providers: (\w+) -->/g)].map(([, name]) => name),
  )
  expect(parts.toSorted()).toEqual(['chat', 'embeddings', 'environment', 'images', 'list', 'types'])
})

test('every kind of provider is on the pages', () => {
  const listed = new Set(['sandbox', ...kinds.map(({ type }) => type)])
  const missing = Object.keys(knownProviders).filter((type) => !listed.has(type))
  expect(missing.map((type) => `${type} has no name and no page: give it a row in ${facts}`)).toEqual([])
})

test('what a provider offers has its words, and nothing else has', () => {
  const complaints = kinds.flatMap(({ type, known, facts: said }) => {
    const missing = besideChat.filter(
      (operation) => known.adapter[operation] !== undefined && said[operation] === undefined,
    )
    const spare = besideChat.filter(
      (operation) => known.adapter[operation] === undefined && said[operation] !== undefined,
    )
    return [
      ...(known.adapter.chat !== undefined && said.chat === undefined
        ? [`${type} offers chat: say in ${facts} what it takes, by its rules`]
        : []),
      ...missing.map((operation) => `${type} offers ${operation}: say in ${facts} what becomes of a request`),
      ...spare.map((operation) => `${type} has no ${operation}, and ${facts} says what becomes of a request`),
    ]
  })
  expect(complaints).toEqual([])
})
