import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { dirname, join, relative, resolve } from 'node:path'

const root = resolve(import.meta.dirname, '..')

const pagesIn = (folder: string): string[] =>
  readdirSync(join(root, folder), { recursive: true, encoding: 'utf8' })
    .filter((name) => name.endsWith('.md'))
    .map((name) => join(folder, name))

const pages = ['README.md', 'CONTRIBUTING.md', 'SECURITY.md', 'examples/README.md', ...pagesIn('docs')]

const read = (page: string): string => readFileSync(join(root, page), 'utf8')

/** A page without what stands in its blocks of code. */
const prose = (page: string): string => read(page).replaceAll(/^```[^]*?^```$/gm, '')

/** The anchors of a page, as GitHub makes them of its headings. */
const anchorsOf = (page: string): Set<string> =>
  new Set(
    [...prose(page).matchAll(/^#+ (.*)$/gm)].map(([, title = '']) =>
      title
        .toLowerCase()
        .replaceAll(/[^\p{L}\p{N} _-]/gu, '')
        .replaceAll(' ', '-'),
    ),
  )

test.each(pages)('every link of %s leads somewhere', (page) => {
  const links = [...prose(page).matchAll(/\]\((?!https?:)([^)\s]*)\)/g)].map(([, link = '']) => link)
  const broken = links.filter((link) => {
    const [path = '', anchor] = link.split('#')
    const target = path === '' ? page : relative(root, join(root, dirname(page), path))
    if (!existsSync(join(root, target))) return true
    return anchor !== undefined && target.endsWith('.md') && !anchorsOf(target).has(anchor)
  })
  expect(broken).toEqual([])
})

test.each(pages)('every column of every table of %s has a heading', (page) => {
  const heads = [...prose(page).matchAll(/^(\|.*\|)\n\|(?: *:?-+:? *\|)+$/gm)].map(([, head = '']) => head)
  const nameless = heads.filter((head) =>
    head
      .slice(1, -1)
      .split(/(?<!\\)\|/)
      .some((cell) => cell.trim() === ''),
  )
  expect(nameless).toEqual([])
})
