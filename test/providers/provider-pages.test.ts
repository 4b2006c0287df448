import { existsSync, readFileSync } from 'node:fs'
import { join, resolve } from 'node:path'
import { knownProviders } from '../../packages/core/src/providers/known-providers.ts'
import { operationNames } from '../../packages/core/src/wire/operation-name.ts'
import { besideChat, kinds, pages, withProviders } from './provider-pages.ts'

const root = resolve(import.meta.dirname, '..', '..')
const facts = 'packages/core/src/providers/provider-facts.ts'

test.each(pages)('%s says what the table of providers says', (page) => {
  const text = readFileSync(join(root, page), 'utf8')
  if (text !== withProviders(text)) throw new Error(`${page} is out of step with the providers: npm run providers`)
})

const written = pages.flatMap((page) =>
  [...readFileSync(join(root, page), 'utf8').matchAll(/<!-- providers: (\w+) -->/g)].map(([, name]) => name),
)

test.each(['list', 'types', 'environment', 'dialects', ...operationNames])(
  'the providers have their place on the pages: %s',
  (part) => {
    if (!written.includes(part))
      throw new Error(
        `No page has "<!-- providers: ${part} -->" and "<!-- end -->": put them where the table shall stand`,
      )
  },
)

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

const providers = 'packages/core/src/providers'

test.each(operationNames)('each provider of %s is held to one contract', (operation) => {
  const suite = `${providers}/${operation}.test.ts`
  const loops =
    existsSync(join(root, suite)) && readFileSync(join(root, suite), 'utf8').includes('Object.keys(knownProviders)')
  if (!loops) throw new Error(`${suite} must run one suite on all of knownProviders, as ${providers}/chat.test.ts does`)
})
