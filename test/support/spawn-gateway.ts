import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join, resolve } from 'node:path'
import { setTimeout as wait } from 'node:timers/promises'
import { pathToFileURL } from 'node:url'
import { nodeFlags } from '../../packages/server/src/cli/node-flags.ts'
import { mintKey } from '../../packages/server/src/keys/key-format.ts'
import { DEVIATES } from './conformance/deviates.ts'
import { freePort } from './free-port.ts'
import { gatewayBundle, type GatewayProgram } from './gateway-bundle.ts'
import { PATIENCE_MS } from './patience.ts'

const root = resolve(import.meta.dirname, '..', '..')

/** The Node that gateways run on. */
export const node = join(root, 'node_modules/node/bin', process.platform === 'win32' ? 'node.exe' : 'node')
const importOf = (file: string): string => `--import=${pathToFileURL(file).href}`
const endsWithParent = importOf(join(import.meta.dirname, 'end-with-parent.mjs'))
const sources: GatewayProgram = {
  main: join(root, 'packages/server/src/main.ts'),
  watch: join(import.meta.dirname, 'conformance/watch-process.ts'),
}
/** What makes it run `speka` from source. */
export const fromSource = ['--conditions=@speka/source', endsWithParent, importOf(sources.watch), sources.main]
const asBuilt = [endsWithParent, join(root, 'packages/server/dist/main.js')]

/** A gateway in a process of its own, run from source, with a temporary folder for its data. */
export interface Gateway {
  /** Where `/v1`, `/healthz` and `/readyz` are. */
  readonly origin: string
  /** What the SDKs call the base URL. */
  readonly baseURL: string
  /** A live key that the configuration names. */
  readonly key: string
  readonly adminOrigin: string
  readonly adminToken: string
  /** The data folder (`--data`). */
  readonly data: string
  /** All it has printed, over restarts too. */
  logs(): string
  /** The configuration file, to be changed under it. */
  readonly configFile: string
  /** The process's id, while it runs. */
  pid(): number
  /** Sends a signal and leaves it at that. */
  signal(name: NodeJS.Signals): void
  /** Resolves with its exit code when it has ended. */
  exited(): Promise<number | null>
  /** Asks it to stop, as an operator does, and resolves with its exit code. The data stays. */
  stop(): Promise<number | null>
  /** Ends it as a power cut does. The data stays. */
  kill(): Promise<void>
  /** Stops it if it runs, and starts it again on the same data, port and configuration. */
  restart(): Promise<void>
  /**
   * Stops it if it runs and deletes the data. To be called by whoever spawned it.
   *
   * @throws Error that names each answer or event of `/v1` that was not as OpenAI describes it.
   */
  close(): Promise<void>
}

export interface SpawnOptions {
  /** Added to an environment that has no provider keys, no proxy and no settings. */
  readonly env?: Readonly<Record<string, string>>
  /** @default one that is free */
  readonly port?: number
  /** @default one that is free */
  readonly adminPort?: number
  /** Added to `speka start`. */
  readonly args?: readonly string[]
  /** Whether its answers need not be as OpenAI describes them, which is otherwise an error of `close()`. */
  readonly mayDeviate?: boolean
  /** Whether nobody looks at its answers, for when it is measured. */
  readonly unwatched?: boolean
  /** Whether it runs as it was built rather than from source: with the console, and unwatched. */
  readonly built?: boolean
  /** Whether it gives itself its flags, by starting anew, as it does for an operator: all it had loaded is loaded twice. */
  readonly restarts?: boolean
}

/**
 * Resolves when the gateway accepts requests. With `SPEKA_TEST_LOGS=1` its log is seen as the tests run.
 *
 * `config` is what a `speka.yaml` would hold; a key is added to it.
 */
export async function spawnGateway(config: object = {}, options: SpawnOptions = {}): Promise<Gateway> {
  const folder = await mkdtemp(join(tmpdir(), 'speka-gateway-'))
  const data = join(folder, 'data')
  const configFile = join(folder, 'speka.json')
  const [port, adminPort] = [options.port ?? (await freePort()), options.adminPort ?? (await freePort())]
  const origin = `http://127.0.0.1:${port}`
  const adminToken = 'token-for-tests'
  const key = mintKey('live')
  await writeFile(configFile, JSON.stringify({ keys: [{ name: 'tests', key, plan: 'none' }], ...config }, null, 2))

  let printed = ''
  let child: ChildProcess | undefined

  const start = async () => {
    const settings = ['--port', `${port}`, '--admin-port', `${adminPort}`, '--data', data, '--config', configFile]
    const more = options.args ?? []
    const program = await programFor(options)
    const started = spawn(node, [...program, 'start', ...settings, ...more], {
      cwd: folder,
      stdio: ['ignore', 'pipe', 'pipe'],
      env: {
        PATH: process.env['PATH'] ?? '',
        HOME: folder,
        TMPDIR: folder,
        SPEKA_ADMIN_TOKEN: adminToken,
        // Every second start saves the time of compiling.
        NODE_COMPILE_CACHE: join(root, 'node_modules/.cache/speka-tests'),
        ...options.env,
      },
    })
    child = started
    for (const output of [started.stdout, started.stderr]) {
      output.setEncoding('utf8').on('data', (text: string) => {
        printed += text
        if (process.env['SPEKA_TEST_LOGS']) process.stderr.write(text)
      })
    }
    try {
      await ready(started)
    } catch (error) {
      await end('SIGKILL')
      throw error
    }
  }

  const ready = async (started: ChildProcess) => {
    const deadline = performance.now() + PATIENCE_MS
    while (performance.now() < deadline) {
      if (hasEnded(started))
        throw new Error(`The gateway ended with ${started.exitCode} instead of starting:\n${printed}`)
      const response = await fetch(`${origin}/readyz`).catch(() => undefined)
      await response?.body?.cancel()
      if (response?.status === 200) return
      await wait(20)
    }
    throw new Error(`The gateway was not ready within ${PATIENCE_MS} ms:\n${printed}`)
  }

  const end = async (signal: 'SIGTERM' | 'SIGKILL') => {
    const ending = child
    child = undefined
    if (ending === undefined) return null
    if (!hasEnded(ending)) {
      const ended = once(ending, 'exit')
      ending.kill(signal)
      const late = new AbortController()
      const inTime = await Promise.race([ended.then(() => true), wait(PATIENCE_MS, false, { signal: late.signal })])
      late.abort()
      if (!inTime) {
        ending.kill('SIGKILL')
        await ended
        throw new Error(`The gateway did not stop within ${PATIENCE_MS} ms of ${signal}:\n${printed}`)
      }
    }
    return ending.exitCode
  }

  const verify = () => {
    const deviations = new Set(printed.split('\n').filter((line) => line.startsWith(DEVIATES)))
    if (deviations.size > 0 && options.mayDeviate !== true) throw new Error([...deviations].join('\n'))
  }

  const gateway: Gateway = {
    origin,
    baseURL: `${origin}/v1`,
    key,
    adminOrigin: `http://127.0.0.1:${adminPort}`,
    adminToken,
    data,
    configFile,
    logs: () => printed,
    pid: () => child?.pid ?? 0,
    signal: (name) => void child?.kill(name),
    async exited() {
      const ending = child
      if (ending !== undefined && !hasEnded(ending)) await once(ending, 'exit')
      return ending?.exitCode ?? null
    },
    stop: () => end('SIGTERM'),
    async kill() {
      await end('SIGKILL')
    },
    async restart() {
      await end('SIGTERM')
      await start()
    },
    async close() {
      try {
        await end('SIGTERM')
      } finally {
        await rm(folder, { recursive: true, force: true })
      }
      verify()
    },
  }

  try {
    await start()
  } catch (error) {
    await rm(folder, { recursive: true, force: true })
    throw error
  }
  return gateway
}

async function programFor({ built, restarts, unwatched }: SpawnOptions): Promise<readonly string[]> {
  if (built === true) return asBuilt
  const { main, watch } = (await gatewayBundle()) ?? sources
  return [
    ...(restarts === true ? [] : nodeFlags),
    '--conditions=@speka/source',
    endsWithParent,
    ...(unwatched === true ? [] : [importOf(watch)]),
    main,
  ]
}

function hasEnded(child: ChildProcess): boolean {
  return child.exitCode !== null || child.signalCode !== null
}
