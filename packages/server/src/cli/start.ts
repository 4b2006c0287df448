import { EventEmitter } from 'node:events'
import { setDefaultCACertificates, getCACertificates } from 'node:tls'
import { readFileSync } from 'node:fs'
import { styleText } from 'node:util'
import type { AdminListener } from '../admin/listen.ts'
import { readSettings, SettingsError, type Settings, type Variables } from '../config/settings.ts'
import { isLoopback, type Site } from '../config/site-schema.ts'
import { createKey } from '../operations/create-key.ts'
import { listKeys } from '../operations/list-keys.ts'
import { reachableUrl } from '../http/reachable-url.ts'
import { startServer, type RunningServer } from '../server.ts'
import { isFitToBeShown, operator, text, UsageError, type Command, type Terminal } from './command.ts'
import { openAdmin, type Processes } from './open-admin.ts'
import { isFirstWorker, isSupervisor, superviseWorkers, tellRefused } from './supervise-workers.ts'
import { dataOption, operationParts } from './with-store.ts'

/** A signal that comes twice within this many ms was sent once, by the terminal and by npm. */
const SAME_SIGNAL_MS = 1000

/** How often to look whether npx is still there, in ms. */
const PARENT_LOOK_MS = 500

/** How long the reader of the log has to take the last lines, in ms. */
const LAST_LINES_MS = 500

/** `speka start`: runs the gateway until it is told to stop. */
export const start: Command = {
  name: 'start',
  usage: '[--config FILE] [--host H] [--port N] [--admin-port N] [--data DIR] [--workers N] [--no-console]',
  summary: 'Start the gateway.',
  options: {
    ...dataOption,
    config: { type: 'string' },
    host: { type: 'string' },
    port: { type: 'string' },
    'admin-port': { type: 'string' },
    workers: { type: 'string' },
    'no-console': { type: 'boolean' },
  },
  async run({ options, variables, terminal }) {
    const workers = readWorkers(text(options, 'workers'))
    const settings = readSettings(variables, {
      config: text(options, 'config'),
      data: text(options, 'data'),
      host: text(options, 'host'),
      port: text(options, 'port'),
      adminPort: text(options, 'admin-port'),
      console: options['no-console'] !== true,
    })
    if (isSupervisor(workers)) return superviseWorkers(workers, settings, terminal)
    trustExtraCertificates(variables)
    useProxyOf(variables)
    const signals = catchSignals()
    const server = await startServer(settings, { sharesStore: workers > 1 }).catch((error: unknown) => {
      // Anything else is a fault of ours, which may pass.
      if (isFitToBeShown(error)) tellRefused()
      throw error
    })
    const end = stopped(server, signals)
    let admin: AdminListener | undefined
    try {
      if (isFirstWorker()) await greet(server, settings, terminal)
      // Of several workers the supervisor has it.
      if (workers === 1) admin = await openAdmin(settings, server.store, itself(server), terminal)
    } catch (error) {
      await server.stop()
      throw error
    }
    await end
    admin?.close()
    // Lines for a reader that is stuck must not keep the process.
    setTimeout(() => process.exit(), LAST_LINES_MS).unref()
    return server.broken ? 1 : 0
  },
}

const itself = (server: RunningServer): Processes => ({
  reports: async () => [server.report()],
  models: async () => server.models(),
  routing: async () => server.routing(),
  callAsKey: server.callAsKey,
  config: () => server.live.current.config,
  url: () => reachableUrl(server.url),
})

/** @throws UsageError unless it is a number of processes that makes sense. */
function readWorkers(given = '1'): number {
  const workers = Number(given)
  if (/^\d+$/.test(given) && workers >= 1 && workers <= 64) return workers
  throw new UsageError(`--workers must be a number from 1 to 64, not "${given}".`)
}

/** Node reads NODE_EXTRA_CA_CERTS before any code runs, so one that stands in `.env` is ours to honour. */
function trustExtraCertificates(variables: Variables): void {
  const file = variables['NODE_EXTRA_CA_CERTS']
  if (file === undefined || file === '' || process.env['NODE_EXTRA_CA_CERTS'] !== undefined) return
  try {
    setDefaultCACertificates([...getCACertificates('default'), readFileSync(file, 'utf8')])
  } catch {
    throw new SettingsError(`NODE_EXTRA_CA_CERTS is "${file}", which holds no certificates that can be read.`)
  }
}

/** Proxies are looked for in the process's own environment; a setting in `.env` is put there. */
function useProxyOf(variables: Variables): void {
  for (const name of ['HTTPS_PROXY', 'https_proxy', 'HTTP_PROXY', 'http_proxy', 'NO_PROXY', 'no_proxy']) {
    const value = variables[name]
    if (value !== undefined) process.env[name] ??= value
  }
}

/** Tells whoever listens to stop or to reload, and remembers a stop that came before anybody listened. */
class Signals extends EventEmitter<{ stop: []; reload: [] }> {
  stopWanted = false

  stop(): void {
    this.stopWanted = true
    this.emit('stop')
  }
}

/** From now on signals are ours to answer: the first process of a container would ignore them otherwise. */
function catchSignals(): Signals {
  const signals = new Signals()
  let last = -Infinity
  const stop = (): void => {
    const now = performance.now()
    if (now - last < SAME_SIGNAL_MS) return
    last = now
    signals.stop()
  }
  process.on('SIGTERM', stop)
  process.on('SIGINT', stop)
  process.on('SIGHUP', () => signals.emit('reload'))
  if (process.env['npm_command'] === 'exec') watchParent(stop)
  return signals
}

/** npx passes no signals on: when it has gone away, so shall we. */
function watchParent(stop: () => void): void {
  const parent = process.ppid
  const timer = setInterval(() => {
    if (process.ppid === parent) return
    clearInterval(timer)
    stop()
  }, PARENT_LOOK_MS).unref()
}

/** Resolves when the server has stopped: after the first request to stop; the second one cuts off what is left. */
function stopped(server: RunningServer, signals: Signals): Promise<void> {
  return new Promise((resolve, reject) => {
    const stop = (): void => void server.stop().then(resolve, reject)
    signals.on('stop', stop)
    signals.on('reload', () => server.reload())
    if (signals.stopWanted) stop()
  })
}

/** Where visitors begin. By name, on this machine: browsers keep no passkey for an address in figures. */
function siteUrl(url: string, { publicUrl }: Site): string {
  if (publicUrl !== undefined) return `${publicUrl}/`
  const { hostname, port } = new URL(reachableUrl(url))
  return isLoopback(hostname.replace(/^\[(.*)\]$/, '$1')) ? `http://localhost:${port}/` : `${reachableUrl(url)}/`
}

async function greet({ url, store, live }: RunningServer, settings: Settings, terminal: Terminal): Promise<void> {
  const bold = (words: string): string => (terminal.isTty ? styleText('bold', words) : words)
  const { table } = live.current.engine
  const callable = table.models.filter(({ targets }) => targets.length > 0)
  const providers = [...new Set(callable.flatMap(({ targets }) => targets.map((target) => target.provider)))]
  terminal.out(`${bold('Speka is listening on')} ${bold(`${url}/v1`)}\n`)
  terminal.out(`  models     ${callable.length} of ${table.models.length} can be called now`)
  terminal.out(`  providers  ${providers.join(', ')}`)
  if (providers.every((name) => name === 'sandbox')) {
    terminal.out('             set NVIDIA_API_KEY for real models; "speka models" shows which key serves what')
  }
  if (live.current.config.site.enabled) terminal.out(`  site       ${siteUrl(url, live.current.config.site)}`)
  terminal.out(`  data       ${settings.dataDir}\n`)
  const parts = operationParts(settings, store)
  if (live.current.config.keys.length > 0 || (await listKeys(parts, operator, { limit: 1 })).length > 0) return

  const liveKey = await createKey(parts, operator, { name: 'first live key', mode: 'live' })
  const testKey = await createKey(parts, operator, { name: 'first test key', mode: 'test' })
  terminal.out(`${bold('Your first keys.')} They are shown this once; only their digests are kept.\n`)
  terminal.out(`  live  ${liveKey.key}`)
  terminal.out(`  test  ${testKey.key}   (reaches the sandbox only)\n`)
  terminal.out(`${bold('Try it')}, with no provider key and no network:\n`)
  terminal.out(`  curl ${reachableUrl(url)}/v1/chat/completions \\
    -H "Authorization: Bearer ${liveKey.key}" \\
    -H "Content-Type: application/json" \\
    -d '{"model": "speka/sandbox", "messages": [{"role": "user", "content": "Hello!"}]}'\n`)
}
