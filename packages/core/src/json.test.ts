import { readdirSync, readFileSync } from 'node:fs'
import { resolve } from 'node:path'

const core = import.meta.dirname
const declaration = /^(?:export )?(?:type (?:Json|MutableJson)\b.*=|(?:function|const) isRecord\b)/m

test('what a JSON object is, is said once', () => {
  const anew = readdirSync(core, { recursive: true, encoding: 'utf8' })
    .filter((path) => path.endsWith('.ts') && path !== 'json.ts')
    .filter((path) => declaration.test(readFileSync(resolve(core, path), 'utf8')))
  expect(anew.map((path) => `${path} declares it anew: import it from src/json.ts`)).toEqual([])
})
