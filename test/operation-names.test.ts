import { readdirSync, readFileSync } from 'node:fs'
import { join, relative, resolve } from 'node:path'
import { operationNames } from '@speka/core/internal'

/**
 * What is peculiar to an operation stands in its folder, or in a table of a later room that the compiler holds complete. A
 * comparison with an operation's name stands in neither: the next operation would fall through it unnoticed.
 */

const root = resolve(import.meta.dirname, '..')
const operationFolders = join(root, 'packages', 'core', 'src', 'operations')
const sources = ['core/src', 'server/src', 'langchain/src', 'llamaindex/src', 'n8n-nodes-speka/nodes']

const name = `'(?:${operationNames.join('|')})'`
const comparison = new RegExp(
  String.raw`endpoint\s*[!=]==?\s*'|[!=]==?\s*${name}|${name}\s*[!=]==?|\bcase\s+${name}|switch\s*\([^)]*\bendpoint\b`,
)

test('nobody but an operation itself asks which operation a call is for', () => {
  const complaints = sources.flatMap((source) =>
    filesIn(join(root, 'packages', source)).flatMap((file) =>
      readFileSync(file, 'utf8')
        .split('\n')
        .flatMap((line, at) => (asksForName(line) ? [complaintAbout(file, at + 1, line)] : [])),
    ),
  )
  expect(complaints).toEqual([])
})

test.each([
  { line: `if (call.endpoint === 'chat') return call`, asks: true },
  { line: `const draws = endpoints[0] !== 'images'`, asks: true },
  { line: `    case 'embeddings':`, asks: true },
  { line: `switch (call.endpoint) {`, asks: true },
  { line: `// endpoint === 'chat' in a comment`, asks: false },
  { line: `const rows = { chat: chatRow, images: imagesRow }`, asks: false },
  { line: `return operations[call.endpoint].size(call)`, asks: false },
  { line: `if (last.endpoint === endpoint) return last`, asks: false },
])('$line is noticed or not', ({ line, asks }) => {
  expect(asksForName(line)).toBe(asks)
})

function asksForName(line: string): boolean {
  return !/^\s*(?:\*|\/\/|\/\*)/.test(line) && comparison.test(line)
}

function complaintAbout(file: string, line: number, text: string): string {
  return `${relative(root, file)}:${line} asks which operation it is (${text.trim()}): give packages/core/src/operations/operation.ts a member for what differs and ask the call's row of it, or make a Record<OperationName, …> of it here`
}

function filesIn(folder: string): string[] {
  return readdirSync(folder, { recursive: true, encoding: 'utf8' })
    .filter((path) => path.endsWith('.ts') && !/\.(?:test|test-d|contract|fake)\.ts$|__fixtures__/.test(path))
    .map((path) => join(folder, path))
    .filter((file) => !file.startsWith(operationFolders))
}
