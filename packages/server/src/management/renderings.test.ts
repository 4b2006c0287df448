import { wantedRendering, type Renderings } from './renderings.ts'

const renderings: Renderings = {
  csv: { type: 'text/csv; charset=utf-8', render: () => '' },
  html: { type: 'text/html; charset=utf-8', render: () => '' },
}

const wanted = (format: string | undefined, accept?: string) =>
  wantedRendering(renderings, format, accept)?.type.split(';')[0] ?? 'json'

test.each([
  [undefined, undefined, 'json'],
  [undefined, '*/*', 'json'],
  [undefined, 'application/json, text/html', 'json'],
  [undefined, 'text/html,application/xhtml+xml,*/*;q=0.8', 'text/html'],
  [undefined, 'text/csv', 'text/csv'],
  [undefined, 'image/png', 'json'],
  ['csv', 'text/html', 'text/csv'],
  ['json', 'text/html', 'json'],
])('format %s, accept %s is %s', (format, accept, type) => {
  expect(wanted(format, accept)).toBe(type)
})

test.each(['pdf', '', 'toString', 'constructor'])('there is no format %j', (format) => {
  expect(() => wanted(format)).toThrow('format must be one of json, csv, html')
})
