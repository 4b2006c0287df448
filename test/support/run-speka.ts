import { runCli } from '../../packages/server/src/cli/run-cli.ts'

/** What a command printed, and how it ended. */
export interface SpekaEnded {
  readonly code: number
  readonly out: string
  /** What it wrote that is no text. */
  readonly bytes?: Buffer
  readonly error: string
}

/** Runs a command of `speka` that ends by itself, in this process: `runSpeka('keys list --json', { SPEKA_DATA_DIR })`. */
export async function runSpeka(
  command: string | readonly string[],
  env: Readonly<Record<string, string>> = {},
): Promise<SpekaEnded> {
  const out: string[] = []
  const bytes: Uint8Array[] = []
  const error: string[] = []
  const args = typeof command === 'string' ? command.split(' ') : command
  const code = await runCli(args, env, {
    out: (line) => void out.push(line),
    bytes: (some) => void bytes.push(some),
    error: (line) => void error.push(line),
    isTty: false,
  })
  return {
    code,
    out: out.join('\n'),
    error: error.join('\n'),
    ...(bytes.length > 0 && { bytes: Buffer.concat(bytes) }),
  }
}
