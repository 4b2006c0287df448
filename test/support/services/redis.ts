import { spawn } from 'node:child_process'
import { connect } from 'node:net'
import { freePort } from '../free-port.ts'
import { eventually } from '../eventually.ts'
import { endWithRun } from './end-with-run.ts'
import { findProgram, type WantedProgram } from './find-program.ts'

/** The environment variable with the URL of a Redis whose content tests may change. */
export const REDIS = 'SPEKA_TEST_REDIS'

export const redisProgram: WantedProgram = { name: 'redis-server', debian: 'redis-server' }

/** A Redis of the tests' own, which keeps nothing on disk. */
export interface TestRedis {
  readonly port: number
  readonly pid: number
  readonly url: string
  /** Ends it at once, as a crash would. */
  kill(): Promise<void>
  /** Starts it again on the same port, empty. */
  restart(): Promise<void>
  stop(): Promise<void>
}

/**
 * @param settings options of its command line, such as `--maxmemory 10mb`.
 *
 * @throws When the program is not installed.
 */
export async function startRedis(settings: readonly string[] = []): Promise<TestRedis> {
  const program = findProgram(redisProgram)
  if (program === undefined) throw new Error('redis-server is not installed')
  const port = await freePort()
  const start = () => {
    const options = ['--port', `${port}`, '--bind', '127.0.0.1', '--save', '', '--appendonly', 'no', ...settings]
    const started = spawn(program, options, { stdio: 'ignore' })
    endWithRun(started)
    return started
  }
  let child = start()

  async function kill(signal: NodeJS.Signals): Promise<void> {
    if (child.exitCode !== null || child.signalCode !== null) return
    const ended = new Promise((resolve) => child.once('exit', resolve))
    child.kill(signal)
    await ended
  }

  const ready = () => eventually(() => answers(port), 'Redis answers')
  await ready()
  return {
    port,
    get pid() {
      return child.pid ?? 0
    },
    url: `redis://127.0.0.1:${port}`,
    kill: () => kill('SIGKILL'),
    async restart() {
      child = start()
      await ready()
    },
    stop: () => kill('SIGTERM'),
  }
}

const answers = (port: number): Promise<boolean> =>
  new Promise((resolve) => {
    const socket = connect({ host: '127.0.0.1', port }, () => socket.write('PING\r\n'))
    socket.once('data', (data) => {
      socket.destroy()
      // One that asks for a password first is there as well.
      resolve(/^(?:\+PONG|-NOAUTH)/.test(data.toString()))
    })
    socket.once('error', () => resolve(false))
  })
