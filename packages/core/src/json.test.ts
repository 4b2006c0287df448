import { readdirSync, readFileSync } from 'node:fs'
import { resolve } from 'node:path'

const core = import.meta.dirname
const server = resolve(core, '../../server/src')
const declaration = /^(?:export )?(?:type (?:Json|MutableJson)\b.*=|(?:function|const) isRecord\b)/m

test.each([
  { folder: core, from: 'src/json.ts' },
  { folder: server, from: '@speka/core/internal' },
])('what a JSON object is, is said once: $from', ({ folder, from }) => {
  const anew = readdirSync(folder, { recursive: true, encoding: 'utf8' })
    .filter((path) => path.endsWith('.ts') && resolve(folder, path) !== resolve(core, 'json.ts'))
    .filter((path) => declaration.test(readFileSync(resolve(folder, path), 'utf8')))
  expect(anew.map((path) => `${path} declares it anew: import it from ${from}`)).toEqual([])
})
