import { join } from 'node:path'
import { type Ended, runProgram } from '../run-program.ts'
import type { Gateway } from '../spawn-gateway.ts'
import { pythonWith } from './virtual-environment.ts'

const here = import.meta.dirname

/** An `openai.APIError` as Python saw it. */
export interface PythonError {
  readonly class: string
  readonly message: string
  readonly code: string | null
  readonly param: string | null
  readonly type: string | null
  readonly status: number | null
  readonly request_id: string | null
}

/** What a case of `sdk.py` returned, or the error that the SDK raised. */
export interface Outcome<Result> {
  readonly result: Result
  readonly error: PythonError | null
}

/** The official OpenAI SDK for Python, pointed at a gateway. */
export interface PythonSdk {
  /** Runs one case of `sdk.py`. */
  run<Result>(name: string, ...args: string[]): Promise<Outcome<Result>>
  /** Runs one whole script, as a user would. */
  script(name: string): Promise<Ended>
}

/** Installs the SDK unless it is in the cache. */
export async function pythonSdk(gateway: Gateway): Promise<PythonSdk> {
  const python = await pythonWith(join(here, 'requirements.txt'))
  const env = { PATH: process.env['PATH'] ?? '', BASE_URL: gateway.baseURL, API_KEY: gateway.key }
  return {
    async run(name, ...args) {
      const { code, stdout, stderr } = await runProgram(python, [join(here, 'sdk.py'), name, ...args], { env })
      if (code !== 0) throw new Error(`The case "${name}" crashed:\n${stderr}`)
      return JSON.parse(stdout)
    },
    script: (name) => runProgram(python, [join(here, name)], { env }),
  }
}
