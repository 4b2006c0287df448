import { join } from 'node:path'
import { pythonWith } from '../python/virtual-environment.ts'
import { runProgram } from '../run-program.ts'

const here = import.meta.dirname

/** What a function of a client's cases returned, or what it raised. */
export interface Outcome {
  readonly result: unknown
  readonly error: {
    readonly class: string
    readonly message: string
    readonly status: number | null
    readonly code: string | null
    readonly param: string | null
  } | null
}

export interface PythonClient {
  /** What it asks to be installed. */
  readonly requirements: string
  /** The script with its cases. */
  readonly cases: string
  /** Added to its environment. */
  readonly env?: () => Promise<Readonly<Record<string, string>>>
}

const clientIn = (folder: string): PythonClient => ({
  requirements: join(here, folder, 'requirements.txt'),
  cases: join(here, folder, 'cases.py'),
})

export const openai: PythonClient = {
  requirements: join(here, '..', 'python', 'requirements.txt'),
  cases: join(here, 'openai', 'cases.py'),
}

export const anthropic = clientIn('anthropic')

export const llamaindex = clientIn('llamaindex')

/** It counts tokens by a file that it would download; LlamaIndex brings the same. */
export const langchain: PythonClient = {
  ...clientIn('langchain'),
  async env() {
    const python = await pythonWith(llamaindex.requirements)
    const find = 'import llama_index.core, os; print(os.path.dirname(llama_index.core.__file__))'
    const { stdout } = await runProgram(python, ['-c', find])
    return { TIKTOKEN_CACHE_DIR: join(stdout.trim(), '_static', 'tiktoken_cache') }
  },
}

/**
 * Runs all cases of a client against a gateway, one after the other in one process: such clients take long to load.
 *
 * @throws Error when the script itself breaks.
 */
export async function runCases(
  client: PythonClient,
  gateway: { baseURL: string; key: string },
): Promise<(name: string) => Outcome> {
  const python = await pythonWith(client.requirements)
  const env = {
    PATH: process.env['PATH'] ?? '',
    PYTHONPATH: here,
    BASE_URL: gateway.baseURL,
    API_KEY: gateway.key,
    ...(await client.env?.()),
  }
  const { code, stdout, stderr } = await runProgram(python, [client.cases], { env, timeoutMs: 300_000 })
  if (code !== 0) throw new Error(`The cases crashed:\n${stderr}`)
  const outcomes = JSON.parse(stdout) as Record<string, Outcome>
  return (name) => {
    const outcome = outcomes[name]
    if (outcome === undefined) throw new Error(`There is no case "${name}".`)
    return outcome
  }
}
