import { readdirSync, readFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join, resolve } from 'node:path'
import { plainEnvironment } from './support/plain-environment.ts'
import { runProgram } from './support/run-program.ts'

const root = resolve(import.meta.dirname, '..')
const folder = join(root, 'examples')
const page = readFileSync(join(folder, 'README.md'), 'utf8')
const programs = readdirSync(folder).filter((name) => name.endsWith('.ts'))

/** What the page says that a program prints: the first block of its section without a language. */
function printedAccordingToPage(name: string): string | undefined {
  const section = page.split(/^## /m).find((text) => text.startsWith(`${name}\n`))
  return /^```\n([^]*?)^```$/m.exec(section ?? '')?.[1]
}

/** Ids differ from run to run, and folders from machine to machine. */
const withoutChance = (text: string): string =>
  text.replaceAll(/\b[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}\b/g, '<id>').replaceAll(tmpdir(), '/tmp')

test.each(programs)('%s runs without a key and prints what the page says', async (name) => {
  const args = ['--conditions=@speka/source', '--disable-warning=ExperimentalWarning', join(folder, name)]
  const { code, stdout, stderr } = await runProgram(process.execPath, args, { cwd: tmpdir(), env: plainEnvironment() })
  expect([code, stderr]).toEqual([0, ''])
  expect(withoutChance(stdout)).toBe(withoutChance(printedAccordingToPage(name) ?? 'nothing: it has no section'))
})
