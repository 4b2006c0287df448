import { type ChildProcess, spawn } from 'node:child_process'
import { createHash } from 'node:crypto'
import { once } from 'node:events'
import { existsSync } from 'node:fs'
import { mkdir, readFile, rename } from 'node:fs/promises'
import { join } from 'node:path'
import { cacheFolder, pythonWith } from '../python/virtual-environment.ts'
import { runProgram } from '../run-program.ts'

const here = import.meta.dirname
const READY_WITHIN_MS = 60_000

/** A llama.cpp server in a process of its own, with a tiny random model: chat, embeddings, grammars, several slots. */
export interface ModelServer {
  /** With `/v1`. */
  readonly baseURL: string
  /** It refuses requests without this. */
  readonly apiKey: string
  /** What it calls its model. */
  readonly model: string
  /** How many requests it is generating for at this moment. */
  busySlots(): Promise<number>
  /** Ends it as a crash does. */
  kill(): Promise<void>
}

export interface ModelServerOptions {
  /** Default: the system picks one. */
  readonly port?: number
  /** Requests generated for at the same time; the others wait. @default 2 */
  readonly slots?: number
}

/** Installs what is missing, makes the model unless it is in the cache, and resolves when the server accepts requests. */
export async function startModelServer(options: ModelServerOptions = {}): Promise<ModelServer> {
  const model = 'tiny-random'
  const apiKey = 'sk-tiny-key-for-tests'
  const python = await pythonWith(join(here, 'requirements.txt'))
  const file = await modelFile(python)
  const { port = 0, slots = 2 } = options
  const child = spawn(python, [join(here, 'serve.py'), file, `${port}`, model, `${slots}`], {
    stdio: ['ignore', 'pipe', 'pipe'],
    env: { PATH: process.env['PATH'] ?? '', API_KEY: apiKey },
  })
  const origin = await listening(child)
  return {
    baseURL: `${origin}/v1`,
    apiKey,
    model,
    async busySlots() {
      const response = await fetch(`${origin}/slots`, { headers: { authorization: `Bearer ${apiKey}` } })
      const all = (await response.json()) as { is_processing: boolean }[]
      return all.filter((slot) => slot.is_processing).length
    },
    async kill() {
      if (child.exitCode !== null || child.signalCode !== null) return
      const ended = once(child, 'exit')
      child.kill('SIGKILL')
      await ended
    },
  }
}

/** The model in the cache, under a name that changes with the script that makes it. */
async function modelFile(python: string): Promise<string> {
  const script = join(here, 'make_model.py')
  const version = createHash('sha256')
    .update(await readFile(script))
    .digest('hex')
    .slice(0, 16)
  const file = join(cacheFolder, 'models', `tiny-random-${version}.gguf`)
  if (existsSync(file)) return file
  await mkdir(join(cacheFolder, 'models'), { recursive: true })
  process.stderr.write('Making a tiny random model\n')
  const unfinished = `${file}.${process.pid}`
  const { code, stderr } = await runProgram(python, [script, unfinished])
  if (code !== 0) throw new Error(`The model could not be made:\n${stderr}`)
  await rename(unfinished, file)
  return file
}

/** Resolves with the address that the server announces. */
function listening(child: ChildProcess): Promise<string> {
  return new Promise((resolve, reject) => {
    let printed = ''
    const give = (up: string) => {
      child.kill('SIGKILL')
      reject(new Error(`The model server ${up}:\n${printed}`))
    }
    const timer = setTimeout(() => give(`was not ready within ${READY_WITHIN_MS} ms`), READY_WITHIN_MS)
    child.once('error', reject)
    child.once('exit', () => {
      clearTimeout(timer)
      give('ended instead of starting')
    })
    // llama.cpp logs on both; what it prints after it is ready is read, so that its pipe never fills, and dropped.
    child.stderr?.setEncoding('utf8').on('data', (text: string) => (printed = (printed + text).slice(-10_000)))
    child.stdout?.setEncoding('utf8').on('data', (text: string) => {
      printed = (printed + text).slice(-10_000)
      const address = /^ready at (\S+)$/m.exec(printed)?.[1]
      if (address === undefined) return
      clearTimeout(timer)
      resolve(address)
    })
  })
}
