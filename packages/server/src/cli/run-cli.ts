import { readFileSync } from 'node:fs'
import { parseArgs, parseEnv } from 'node:util'
import type { Variables } from '../config/settings.ts'
import { isFitToBeShown, UsageError, type Command, type Options, type Terminal } from './command.ts'
import { allCommands, commandsOf } from './commands.ts'
import { version } from '../telemetry/version.ts'

/**
 * Runs `speka`.
 *
 * @param args what follows the program's name.
 * @returns the exit code: 0 done, 1 failed, 2 called wrongly.
 */
export async function runCli(args: readonly string[], environment: Variables, terminal: Terminal): Promise<number> {
  try {
    if (args[0] === 'help' || args[0] === '--help' || args[0] === '-h') {
      await printHelp(terminal)
      return 0
    }
    if (args[0] === '--version') {
      terminal.out(version())
      return 0
    }
    // What `npx @speka/server` is called for: without a command, it starts.
    const { command, rest } = await pick(args[0]?.startsWith('-') === false ? args : ['start', ...args])
    if (rest.includes('--help') || rest.includes('-h')) {
      terminal.out(`speka ${command.name} ${command.usage}\n\n${command.summary}`)
      return 0
    }
    const { values, positionals } = parse(command, rest)
    if (positionals.length > 0 && !command.usage.startsWith('ID') && command.takesMore !== true)
      throw new UsageError(`Unexpected argument "${positionals[0]}". Usage: speka ${command.name} ${command.usage}`)
    return await command.run({ options: values, positionals, variables: withEnvFile(environment), terminal })
  } catch (error) {
    return complain(error, terminal)
  }
}

async function pick(args: readonly string[]): Promise<{ command: Command; rest: string[] }> {
  const [first = '', second = ''] = args
  const commands = await commandsOf(first)
  const command =
    commands.find(({ name }) => name === `${first} ${second}`) ?? commands.find(({ name }) => name === first)
  if (command !== undefined) return { command, rest: args.slice(command.name.split(' ').length) }
  if (commands.length > 0) throw new UsageError(`Say which: ${commands.map(({ name }) => `speka ${name}`).join(', ')}.`)
  throw new UsageError(`There is no command "${first}". "speka help" lists them.`)
}

function parse(command: Command, args: string[]): { values: Options; positionals: string[] } {
  try {
    return parseArgs({
      args: withNegatives(args),
      options: command.options,
      allowPositionals: true,
      strict: true,
    }) as ReturnType<typeof parse>
  } catch (error) {
    const [reason] = (error as Error).message.split('. ')
    throw new UsageError(`${reason}. Usage: speka ${command.name} ${command.usage}`)
  }
}

/** `--usd -5` says the same as `--usd=-5`, which alone is how `parseArgs` has a value that begins like an option. */
function withNegatives(args: readonly string[]): string[] {
  const joined: string[] = []
  for (const arg of args) {
    const before = joined.at(-1)
    if (/^-[\d.]/.test(arg) && before?.startsWith('--') === true && !before.includes('='))
      joined.splice(-1, 1, `${before}=${arg}`)
    else joined.push(arg)
  }
  return joined
}

/** What the environment says goes before what `.env` in the current folder says. A variable set to nothing says nothing. */
function withEnvFile(environment: Variables): Variables {
  try {
    const set = Object.entries(environment).filter(([, value]) => value !== undefined && value !== '')
    return { ...parseEnv(readFileSync('.env', 'utf8')), ...Object.fromEntries(set) }
  } catch {
    return environment
  }
}

function complain(error: unknown, terminal: Terminal): number {
  if (error instanceof UsageError) {
    terminal.error(error.message)
    return 2
  }
  if (isFitToBeShown(error)) {
    terminal.error(error.message)
    return 1
  }
  throw error
}

async function printHelp(terminal: Terminal): Promise<void> {
  const commands = await allCommands()
  terminal.out('speka: an LLM API gateway\n')
  const width = Math.max(...commands.map(({ name }) => name.length))
  for (const { name, summary } of commands) terminal.out(`  speka ${name.padEnd(width)}  ${summary}`)
  terminal.out('\n"speka COMMAND --help" shows its options.')
}
