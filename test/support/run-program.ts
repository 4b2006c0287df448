import { spawn } from 'node:child_process'
import { PATIENCE_MS } from './patience.ts'

export interface Ended {
  readonly code: number | null
  readonly stdout: string
  readonly stderr: string
}

export interface RunOptions {
  /** The whole environment. @default that of this process */
  readonly env?: NodeJS.ProcessEnv
  /** The folder it runs in. @default that of this process */
  readonly cwd?: string
  /** What it reads. @default nothing */
  readonly input?: string
  /** After this the program is killed. @default two minutes */
  readonly timeoutMs?: number
}

/** Runs a program to its end, whatever its exit code. Rejects when it cannot be started or takes too long. */
export function runProgram(command: string, args: readonly string[], options: RunOptions = {}): Promise<Ended> {
  return new Promise((resolve, reject) => {
    const timeoutMs = options.timeoutMs ?? PATIENCE_MS
    const child = spawn(command, args, {
      env: options.env ?? process.env,
      cwd: options.cwd,
      stdio: ['pipe', 'pipe', 'pipe'],
      timeout: timeoutMs,
      killSignal: 'SIGKILL',
    })
    let stdout = ''
    let stderr = ''
    child.stdout.setEncoding('utf8').on('data', (text: string) => (stdout += text))
    child.stderr.setEncoding('utf8').on('data', (text: string) => (stderr += text))
    // A program that does not read to the end is judged by what it does, not by the broken pipe.
    child.stdin.on('error', () => {})
    child.stdin.end(options.input)
    child.on('error', reject)
    child.on('close', (code, signal) => {
      if (signal === null) resolve({ code, stdout, stderr })
      else reject(new Error(`${command} ${args.join(' ')} was ended by ${signal} (limit ${timeoutMs} ms):\n${stderr}`))
    })
  })
}
