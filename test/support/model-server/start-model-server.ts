import { type ChildProcess, spawn } from 'node:child_process'
import { createHash } from 'node:crypto'
import { once } from 'node:events'
import { existsSync } from 'node:fs'
import { mkdir, readFile, rename } from 'node:fs/promises'
import { join } from 'node:path'
import { setTimeout as wait } from 'node:timers/promises'
import { freePort } from '../free-port.ts'
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
  /** @default one that is free */
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
  const { port = await freePort(), slots = 2 } = options
  const origin = `http://127.0.0.1:${port}`
  const child = spawn(python, [join(here, 'serve.py'), file, `${port}`, model, `${slots}`], {
    stdio: ['ignore', 'pipe', 'pipe'],
    env: { PATH: process.env['PATH'] ?? '', API_KEY: apiKey },
  })
  await ready(child, origin)
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

/** Resolves when the server answers. Its output is no sign of that: lines of several threads run into each other. */
async function ready(child: ChildProcess, origin: string): Promise<void> {
  let printed = ''
  for (const output of [child.stdout, child.stderr]) {
    output?.setEncoding('utf8').on('data', (text: string) => (printed = (printed + text).slice(-10_000)))
  }
  const deadline = performance.now() + READY_WITHIN_MS
  while (performance.now() < deadline) {
    if (child.exitCode !== null) throw new Error(`The model server ended with ${child.exitCode}:\n${printed}`)
    const response = await fetch(`${origin}/health`).catch(() => undefined)
    await response?.body?.cancel()
    if (response?.status === 200) return
    await wait(20)
  }
  child.kill('SIGKILL')
  throw new Error(`The model server was not ready within ${READY_WITHIN_MS} ms:\n${printed}`)
}
