import { createHash } from 'node:crypto'
import { existsSync } from 'node:fs'
import { mkdir, readFile, rm, writeFile } from 'node:fs/promises'
import { homedir } from 'node:os'
import { basename, dirname, join } from 'node:path'
import { runProgram } from '../run-program.ts'

/** Where what tests install is kept from one run to the next, outside the repository. */
export const cacheFolder = process.env['SPEKA_CI_CACHE'] ?? join(homedir(), '.cache', 'speka-ci')

/**
 * The Python of a virtual environment that holds just what a requirements file asks for. It is made once for each content of
 * that file and version of Python, and kept in the cache.
 */
export async function pythonWith(requirements: string): Promise<string> {
  const system = process.env['PYTHON'] ?? 'python3'
  const version = await versionOf(system)
  const wanted = createHash('sha256')
    .update(version)
    .update(await readFile(requirements))
    .digest('hex')
    .slice(0, 16)
  const folder = join(cacheFolder, 'python', wanted)
  const python = join(folder, 'bin', 'python')
  const complete = join(folder, '.complete')
  if (existsSync(complete)) return python

  // What an interrupted run left cannot be trusted.
  await rm(folder, { recursive: true, force: true })
  await mkdir(folder, { recursive: true })
  await step(`Making a virtual environment of ${version}`, () => runProgram(system, ['-m', 'venv', folder]))
  await step(`Installing ${await countIn(requirements)} Python packages for ${basename(dirname(requirements))}`, () =>
    runProgram(
      python,
      // Compiled when first imported: most modules never are.
      [
        '-m',
        'pip',
        'install',
        '--disable-pip-version-check',
        '--no-compile',
        '--only-binary=:all:',
        '-r',
        requirements,
      ],
      {
        timeoutMs: 480_000,
      },
    ),
  )
  await writeFile(complete, '')
  return python
}

async function versionOf(python: string): Promise<string> {
  try {
    const { stdout } = await runProgram(python, ['--version'])
    return stdout.trim()
  } catch (cause) {
    throw new Error(`These tests need Python 3.10 or newer: "${python}" does not start. PYTHON can name another.`, {
      cause,
    })
  }
}

async function countIn(requirements: string): Promise<number> {
  return (await readFile(requirements, 'utf8')).split('\n').filter((line) => /^\w/.test(line)).length
}

/** Progress goes straight to stderr, where it is seen while a test waits. */
async function step(name: string, work: () => ReturnType<typeof runProgram>): Promise<void> {
  process.stderr.write(`${name}… `)
  const started = performance.now()
  const { code, stdout, stderr } = await work()
  const seconds = ((performance.now() - started) / 1000).toFixed(1)
  process.stderr.write(code === 0 ? `${seconds} s\n` : `failed after ${seconds} s\n`)
  if (code !== 0) throw new Error(`${name} ended with exit code ${code}:\n${stdout}${stderr}`)
}
