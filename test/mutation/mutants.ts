import { stripTypeScriptTypes } from 'node:module'
import { parse, type AnyNode } from 'acorn'
import { isNote, mutators, type Edit } from './mutators.ts'

/** A program with one thing wrong in it. */
export interface Mutant {
  /** The file, from the root of the repository. */
  readonly file: string
  /** Where it is wrong, counted from 1. */
  readonly line: number
  /** What stands there, and what stood there: the same for as long as nobody changes that line. */
  readonly name: string
  /** The whole program, without types. */
  readonly code: string
}

/** Every mutant of a source, from its beginning to its end. */
export function mutantsOf(file: string, source: string): Mutant[] {
  const code = stripTypeScriptTypes(source)
  const edits: Edit[] = []
  visit(parse(code, { ecmaVersion: 'latest', sourceType: 'module' }), code, edits)
  return edits
    .toSorted((a, b) => a.start - b.start || a.end - b.end)
    .map((edit) => ({
      file,
      line: code.slice(0, edit.start).split('\n').length,
      name: nameOf(code, edit),
      code: code.slice(0, edit.start) + edit.to + code.slice(edit.end),
    }))
    .filter(({ code: changed }) => isProgram(changed))
}

/** The line around an edit as it was, and what became of what. */
function nameOf(code: string, { start, end, to }: Edit): string {
  const line = code.slice(code.lastIndexOf('\n', start) + 1, (code + '\n').indexOf('\n', start))
  return `${short(line)} | ${short(code.slice(start, end)) || '(nothing)'} → ${to || '(nothing)'}`
}

const short = (text: string): string => {
  const words = text.replace(/\s+/g, ' ').trim()
  return words.length > 60 ? `${words.slice(0, 57)}…` : words
}

/** Parts whose strings are names, not values. */
const isName = (key: string, node: AnyNode): boolean =>
  key === 'source' || (key === 'key' && 'computed' in node && !node.computed)

function visit(node: AnyNode, code: string, edits: Edit[]): void {
  if (isNote(node)) return
  const mutate = mutators[node.type] as ((node: AnyNode, source: string) => Edit[]) | undefined
  if (mutate !== undefined) edits.push(...mutate(node, code))
  for (const [key, value] of Object.entries(node)) {
    if (isName(key, node)) continue
    for (const child of Array.isArray(value) ? value : [value]) if (isNode(child)) visit(child, code, edits)
  }
}

const isNode = (value: unknown): value is AnyNode =>
  typeof value === 'object' && value !== null && 'type' in value && typeof value.type === 'string' && 'start' in value

function isProgram(code: string): boolean {
  try {
    parse(code, { ecmaVersion: 'latest', sourceType: 'module' })
    return true
  } catch {
    return false
  }
}
