import { spawn, type ChildProcess } from 'node:child_process'
import { chmodSync, chownSync, existsSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { freePort } from '../free-port.ts'
import { makeOwnFolder, removeAbandoned } from '../scratch-folder.ts'
import { runProgram } from '../run-program.ts'
import { eventually } from '../eventually.ts'
import { endWithRun } from './end-with-run.ts'
import { findProgram, postgresFolders, type WantedProgram } from './find-program.ts'

/** The environment variable with the URL of a PostgreSQL whose databases tests may make and drop. */
export const POSTGRES = 'SPEKA_TEST_POSTGRES'

export const postgresProgram = (name: string): WantedProgram => ({
  name,
  debian: 'postgresql',
  folders: postgresFolders(),
})

/** A PostgreSQL of the tests' own, with its data in memory where the system has a file system for that. */
export interface TestPostgres {
  readonly port: number
  /** The process of the server itself, to be stopped as tests like. */
  readonly pid: number
  /** A URL of one of its databases; without a name, of the one that is always there. */
  url(database?: string): string
  /** Sends a signal to all its processes: `SIGSTOP` leaves its connections open and silent. */
  signal(signal: NodeJS.Signals): void
  /** Ends it at once, as a crash would, and resolves when it is gone. */
  kill(): Promise<void>
  /** Starts it again, on the same port with the same data. */
  restart(): Promise<void>
  /** Ends it and removes its data. */
  stop(): Promise<void>
}

export interface PostgresSettings {
  /** Lines for `postgresql.conf`, beside those that make it small and local. */
  readonly settings?: readonly string[]
  /** Where the folder with its data is made. Default: in memory, where the system has a file system for that. */
  readonly place?: string | undefined
}

/** PostgreSQL refuses to run as root, so root runs it as whoever its package made, or as nobody. */
async function runner(): Promise<{ readonly uid: number; readonly gid: number } | undefined> {
  if (process.getuid?.() !== 0) return undefined
  for (const user of ['postgres', 'nobody']) {
    const [uid, gid] = [await idOf('-u', user), await idOf('-g', user)]
    if (/^\d+$/.test(uid) && /^\d+$/.test(gid)) return { uid: Number(uid), gid: Number(gid) }
  }
  return undefined
}

const idOf = async (flag: string, user: string) => (await runProgram('id', [flag, user])).stdout.trim()

const SUPERUSER = 'speka'
const FOLDERS = 'speka-postgres-'

const inMemory = (): string => (existsSync('/dev/shm') ? '/dev/shm' : tmpdir())

/** @throws When the programs are not installed. */
export async function startPostgres({
  settings = [],
  place = inMemory(),
}: PostgresSettings = {}): Promise<TestPostgres> {
  const [initdb, postgres] = ['initdb', 'postgres'].map((name) => findProgram(postgresProgram(name)))
  if (initdb === undefined || postgres === undefined) throw new Error('PostgreSQL is not installed')
  const as = await runner()
  removeAbandoned(place, FOLDERS)
  const folder = makeOwnFolder(place, FOLDERS)
  if (as !== undefined) chownSync(folder, as.uid, as.gid)
  chmodSync(folder, 0o700)
  const data = join(folder, 'data')
  const port = await freePort()
  await runAs(as, initdb, [
    '--pgdata',
    data,
    '--username',
    SUPERUSER,
    '--auth',
    'trust',
    '--encoding',
    'UTF8',
    '--no-locale',
    '--no-sync',
  ])
  writeFileSync(
    join(data, 'postgresql.auto.conf'),
    [
      `port = ${port}`,
      `listen_addresses = '127.0.0.1'`,
      `unix_socket_directories = ''`,
      'max_connections = 200',
      'shared_buffers = 128MB',
      'max_wal_size = 256MB',
      'log_min_messages = fatal',
      ...settings,
    ].join('\n'),
  )
  const url = (database = 'postgres') => `postgres://${SUPERUSER}@127.0.0.1:${port}/${database}`
  let child: ChildProcess

  async function start(): Promise<void> {
    // A killed one leaves a file that names its process, which by now may be anybody.
    rmSync(join(data, 'postmaster.pid'), { force: true })
    child = spawn(postgres ?? '', ['-D', data], { stdio: 'ignore', ...as })
    endWithRun(child, folder)
    await eventually(() => answers(port), 'PostgreSQL answers')
  }

  async function kill(signal: NodeJS.Signals): Promise<void> {
    if (child.exitCode !== null || child.signalCode !== null) return
    const ended = new Promise((resolve) => child.once('exit', resolve))
    child.kill(signal)
    await ended
  }

  /** The server, and a process for each connection. */
  const processes = (): number[] => {
    const { pid } = child
    return pid === undefined ? [] : [pid, ...childrenOf(pid)]
  }

  await start()
  return {
    port,
    get pid() {
      return child.pid ?? 0
    },
    url,
    signal: (signal) => processes().forEach((pid) => tell(pid, signal)),
    async kill() {
      const all = processes()
      await kill('SIGKILL')
      // A new server refuses to begin beside processes of the one before.
      await eventually(() => all.every((pid) => !tell(pid, 'SIGKILL')), 'all processes of PostgreSQL have ended')
    },
    restart: start,
    async stop() {
      await kill('SIGINT')
      rmSync(folder, { recursive: true, force: true, maxRetries: 5 })
    },
  }
}

const childrenOf = (parent: number): number[] =>
  readdirSync('/proc')
    .filter((name) => /^\d+$/.test(name) && parentOf(name) === parent)
    .map(Number)

/** `undefined`: it has ended meanwhile. */
function parentOf(pid: string): number | undefined {
  try {
    // The second field is a name that may hold anything: proc_pid_stat(5).
    return Number(
      readFileSync(`/proc/${pid}/stat`, 'utf8')
        .replace(/^.*\) \S /s, '')
        .split(' ')[0],
    )
  } catch {
    return undefined
  }
}

/** @returns whether there still is such a process. */
function tell(pid: number, signal: NodeJS.Signals): boolean {
  try {
    return process.kill(pid, signal)
  } catch {
    return false
  }
}

async function runAs(
  as: { readonly uid: number; readonly gid: number } | undefined,
  program: string,
  args: readonly string[],
): Promise<void> {
  await new Promise<void>((resolve, reject) => {
    const child = spawn(program, args, {
      stdio: ['ignore', 'ignore', 'pipe'],
      env: { ...process.env, LC_ALL: 'C' },
      ...as,
    })
    let said = ''
    child.stderr.setEncoding('utf8').on('data', (text: string) => (said += text))
    child.on('error', reject)
    child.on('close', (code) => (code === 0 ? resolve() : reject(new Error(`${program} ended with ${code}: ${said}`))))
  })
}

async function answers(port: number): Promise<boolean> {
  const { default: pg } = await import('pg')
  const client = new pg.Client({ host: '127.0.0.1', port, user: SUPERUSER, database: 'postgres' })
  client.on('error', () => {})
  try {
    await client.connect()
    return true
  } catch {
    return false
  } finally {
    await client.end().catch(() => {})
  }
}
