import { createHash } from 'node:crypto'
import { existsSync } from 'node:fs'
import { mkdir, readFile, rename } from 'node:fs/promises'
import { join } from 'node:path'
import { cacheFolder, pythonWith } from '../python/virtual-environment.ts'
import { runProgram } from '../run-program.ts'

const here = import.meta.dirname

/** The Python that makes models, and that serves them with llama.cpp. */
export const modelPython = (): Promise<string> => pythonWith(join(here, 'requirements.txt'))

/** What a model says that calls the tool `add` as Hermes and Qwen do, token by token. */
export const callsAdd: readonly string[] = [
  '<tool_call>\n',
  '{"name":"add",',
  '"arguments":{"a":',
  '2,"b":3}}',
  '\n</tool_call>',
]

/**
 * A tiny model with random weights as a GGUF file in the cache, under a name that changes with the script that makes it.
 *
 * @param says the pieces of a text that it says whatever it is asked. Default: it wanders through made-up words.
 */
export async function modelFile(says: readonly string[] = []): Promise<string> {
  const script = join(here, 'make_model.py')
  const version = createHash('sha256')
    .update(await readFile(script))
    .update(JSON.stringify(says))
    .digest('hex')
    .slice(0, 16)
  const file = join(cacheFolder, 'models', `tiny-random-${version}.gguf`)
  if (existsSync(file)) return file
  const python = await modelPython()
  await mkdir(join(cacheFolder, 'models'), { recursive: true })
  process.stderr.write('Making a tiny random model\n')
  const unfinished = `${file}.${process.pid}`
  const { code, stderr } = await runProgram(python, [script, unfinished, ...says])
  if (code !== 0) throw new Error(`The model could not be made:\n${stderr}`)
  await rename(unfinished, file)
  return file
}
