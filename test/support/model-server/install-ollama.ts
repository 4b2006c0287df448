import { spawnSync } from 'node:child_process'
import { existsSync } from 'node:fs'
import { mkdir, mkdtemp, rename, rm } from 'node:fs/promises'
import { join } from 'node:path'
import { cacheFolder } from '../python/virtual-environment.ts'
import { runProgram } from '../run-program.ts'

/**
 * Newer ones cannot be built as a Go module: some of their C++ headers are in folders called `vendor`, which modules leave
 * out.
 */
export const OLLAMA = '0.11.4'

const BUILT_WITHIN_MS = 900_000

/** Whether there is a Go to build it with. */
export const hasGo = (): boolean => spawnSync('go', ['version']).status === 0

/** Ollama's program; built now, which takes two minutes on two cores, unless the cache has it. */
export async function installedOllama(): Promise<string> {
  const folder = join(cacheFolder, `ollama-${OLLAMA}`)
  const program = join(folder, 'ollama')
  if (existsSync(program)) return program
  await mkdir(cacheFolder, { recursive: true })
  // What Go downloads and compiles on the way is half a gigabyte, and of no use afterwards.
  const scratch = await mkdtemp(join(cacheFolder, 'ollama-building-'))
  process.stderr.write(`Building Ollama ${OLLAMA}… `)
  const started = performance.now()
  try {
    const { code, stderr } = await runProgram(
      'go',
      ['install', '-ldflags=-s -w', `github.com/ollama/ollama@v${OLLAMA}`],
      {
        timeoutMs: BUILT_WITHIN_MS,
        env: {
          ...process.env,
          GOBIN: scratch,
          GOCACHE: join(scratch, 'cache'),
          GOMODCACHE: join(scratch, 'modules'),
          GOFLAGS: '-modcacherw',
          // Quick to compile rather than quick.
          CGO_CFLAGS: '-O1 -g0',
          CGO_CXXFLAGS: '-O1 -g0',
        },
      },
    )
    const seconds = ((performance.now() - started) / 1000).toFixed(0)
    process.stderr.write(code === 0 ? `${seconds} s\n` : `failed after ${seconds} s\n`)
    if (code !== 0) throw new Error(`Ollama could not be built:\n${stderr.slice(-4000)}`)
    await mkdir(folder, { recursive: true })
    await rename(join(scratch, 'ollama'), program)
  } finally {
    await rm(scratch, { recursive: true, force: true })
  }
  return program
}
