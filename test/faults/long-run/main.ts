import { aborts } from './aborts.ts'
import { cuts } from './cuts.ts'
import { decision } from './decision.ts'
import { table, type Figure } from './figure.ts'
import { hostile } from './hostile.ts'
import { callers } from './hostile-callers.ts'
import { readOptions, usage, type Options } from './options.ts'
import { storm } from './storm.ts'

type Part = (options: Options, say: (text: string) => void) => Figure[] | Promise<Figure[]>

const parts: Readonly<Record<string, Part>> = { decision, cuts, aborts, storm, hostile, callers }

/** Runs every part, one after the other, and says what came of it. */
async function main(): Promise<number> {
  const options = readOptions(process.argv.slice(2))
  if (options.help) {
    process.stdout.write(usage)
    return 0
  }
  const began = performance.now()
  const figures: Figure[] = []
  for (const [name, part] of Object.entries(parts)) {
    if (options.only.length > 0 && !options.only.includes(name)) continue
    const say = (text: string): void => {
      const seconds = Math.round((performance.now() - began) / 1000)
      process.stderr.write(`[${String(seconds).padStart(4)}s] ${name}: ${text}\n`)
    }
    say('begins')
    figures.push(...(await part(options, say)))
  }
  process.stdout.write(`\nSeed ${options.seed}\n${table(figures)}`)
  return figures.every(({ reached }) => reached) ? 0 : 1
}

try {
  process.exitCode = await main()
} catch (error) {
  process.stderr.write(`${error instanceof Error ? error.message : String(error)}\n`)
  process.exitCode = 1
}
