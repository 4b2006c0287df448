import { spawn } from 'node:child_process'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { connect } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { eventually } from '../eventually.ts'
import { freePort } from '../free-port.ts'
import { endWithRun } from './end-with-run.ts'
import { findProgram, type WantedProgram } from './find-program.ts'

export const pgbouncerProgram: WantedProgram = { name: 'pgbouncer', debian: 'pgbouncer', folders: ['/usr/sbin'] }

/** A pooler in front of a PostgreSQL, as managed ones often have it. */
export interface TestPgBouncer {
  /** The URL of a database behind it. */
  url(database: string): string
  stop(): Promise<void>
}

/**
 * @param server the URL of the PostgreSQL behind it.
 *
 * @throws When the program is not installed.
 */
export async function startPgBouncer(server: string, mode: 'session' | 'transaction'): Promise<TestPgBouncer> {
  const program = findProgram(pgbouncerProgram)
  if (program === undefined) throw new Error('PgBouncer is not installed')
  const folder = mkdtempSync(join(tmpdir(), 'speka-pgbouncer-'))
  const { hostname, port: behind, username } = new URL(server)
  const port = await freePort()
  const settings = join(folder, 'pgbouncer.ini')
  writeFileSync(
    settings,
    [
      '[databases]',
      `* = host=${hostname} port=${behind} user=${username}`,
      '[pgbouncer]',
      'listen_addr = 127.0.0.1',
      `listen_port = ${port}`,
      'unix_socket_dir =',
      'auth_type = any',
      `pool_mode = ${mode}`,
      'ignore_startup_parameters = extra_float_digits',
    ].join('\n'),
  )
  // It refuses to run as root; its file is read before it is somebody else.
  const child = spawn(program, [...(process.getuid?.() === 0 ? ['-u', 'nobody'] : []), settings], { stdio: 'ignore' })
  endWithRun(child, folder)
  await eventually(() => answers(port), 'PgBouncer answers')
  return {
    url: (database) => `postgres://${username}@127.0.0.1:${port}/${database}`,
    async stop() {
      const ended = new Promise((resolve) => child.once('exit', resolve))
      child.kill('SIGKILL')
      await ended
      rmSync(folder, { recursive: true, force: true })
    },
  }
}

const answers = (port: number): Promise<boolean> =>
  new Promise((resolve) => {
    const socket = connect({ host: '127.0.0.1', port }, () => {
      socket.destroy()
      resolve(true)
    })
    socket.once('error', () => resolve(false))
  })
