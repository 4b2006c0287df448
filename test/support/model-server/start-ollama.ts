import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { freePort } from '../free-port.ts'
import { runProgram } from '../run-program.ts'
import { installedOllama } from './install-ollama.ts'
import { callsAdd, modelFile } from './model-file.ts'
import { startServerProcess } from './server-process.ts'

/** Tools are offered and called as Hermes and Qwen do it. */
const TEMPLATE = `{{ if .Tools }}<|system|><tools>{{ range .Tools }}
{{ . }}{{ end }}
</tools></s>{{ end }}{{ range .Messages }}<|{{ .Role }}|>{{ .Content }}{{ if .ToolCalls }}<tool_call>
{{ range .ToolCalls }}{"name": "{{ .Function.Name }}", "arguments": {{ .Function.Arguments }}}{{ end }}
</tool_call>{{ end }}</s>{{ end }}<|assistant|>`

/** Ollama in a process of its own, with two tiny models. */
export interface Ollama {
  /** With `/v1`. */
  readonly baseURL: string
  /** A model that says random words. */
  readonly wanderer: string
  /** A model that calls the tool `add`, whatever it is asked. */
  readonly caller: string
  close(): Promise<void>
}

/** Builds what is missing, and resolves when the server has its models. */
export async function startOllama(): Promise<Ollama> {
  const program = await installedOllama()
  const models = { wanderer: await modelFile(), caller: await modelFile(callsAdd) }
  const home = await mkdtemp(join(tmpdir(), 'speka-ollama-'))
  const origin = `http://127.0.0.1:${await freePort()}`
  const env = {
    PATH: process.env['PATH'] ?? '',
    HOME: home,
    OLLAMA_HOST: origin,
    OLLAMA_MODELS: join(home, 'models'),
    OLLAMA_NO_CLOUD: '1',
  }
  const server = await startServerProcess(program, ['serve'], env, `${origin}/api/version`)
  const close = async (): Promise<void> => {
    await server.kill()
    await rm(home, { recursive: true, force: true })
  }
  try {
    for (const [name, file] of Object.entries(models)) {
      const modelfile = join(home, `${name}.modelfile`)
      // More threads than one would wait for each other longer than they work.
      const settings = ['PARAMETER num_ctx 4096', 'PARAMETER num_thread 1', `TEMPLATE """${TEMPLATE}"""`]
      await writeFile(modelfile, [`FROM ${file}`, ...settings].join('\n'))
      const { code, stderr } = await runProgram(program, ['create', name, '-f', modelfile], { env })
      if (code !== 0) throw new Error(`Ollama did not take the model ${name}:\n${stderr}`)
    }
  } catch (error) {
    await close()
    throw error
  }
  return { baseURL: `${origin}/v1`, wanderer: 'wanderer', caller: 'caller', close }
}
