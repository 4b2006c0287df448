import { join } from 'node:path'
import { freePort } from '../free-port.ts'
import { modelFile, modelPython } from './model-file.ts'
import { type ServerProcess, startServerProcess } from './server-process.ts'

const here = import.meta.dirname

/** Which llama.cpp it is, and what it comes in. */
export const requirements = join(here, 'requirements.txt')

/** A llama.cpp server in a process of its own, with a tiny random model: chat, embeddings, grammars, several slots. */
export interface ModelServer extends ServerProcess {
  /** With `/v1`. */
  readonly baseURL: string
  /** It refuses requests without this. */
  readonly apiKey: string
  /** What it calls its model. */
  readonly model: string
  /** How many requests it is generating for at this moment. */
  busySlots(): Promise<number>
}

export interface ModelServerOptions {
  /** @default one that is free */
  readonly port?: number
  /** Requests generated for at the same time; the others wait. @default 2 */
  readonly slots?: number
  /** The pieces of a text that its model says. @default it wanders through made-up words */
  readonly says?: readonly string[]
}

/** Installs what is missing, makes the model unless it is in the cache, and resolves when the server accepts requests. */
export async function startModelServer(options: ModelServerOptions = {}): Promise<ModelServer> {
  const model = 'tiny-random'
  const apiKey = 'sk-tiny-key-for-tests'
  const { port = await freePort(), slots = 2, says } = options
  const origin = `http://127.0.0.1:${port}`
  const args = [join(here, 'serve.py'), await modelFile(says), `${port}`, model, `${slots}`]
  const env = { PATH: process.env['PATH'] ?? '', API_KEY: apiKey }
  const server = await startServerProcess(await modelPython(), args, env, `${origin}/health`)
  return {
    baseURL: `${origin}/v1`,
    apiKey,
    model,
    async busySlots() {
      const response = await fetch(`${origin}/slots`, { headers: { authorization: `Bearer ${apiKey}` } })
      const all = (await response.json()) as { is_processing: boolean }[]
      return all.filter((slot) => slot.is_processing).length
    },
    kill: server.kill,
  }
}
