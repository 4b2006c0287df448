import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as wait } from 'node:timers/promises'
import { freePort } from '../free-port.ts'
import { PATIENCE_MS } from '../patience.ts'
import { runProgram } from '../run-program.ts'
import { installedN8n, type InstalledN8n } from './install.ts'
import { readRuns, type WorkflowRun } from './runs.ts'
import { unpackedNodes } from './unpacked-nodes.ts'
import type { Credential, Workflow } from './workflow.ts'

/** An n8n of its own: a folder with its database, and the packed nodes installed as n8n installs them. */
export interface N8n {
  readonly version: string
  /** Brings in credentials and workflows by their ids. */
  import(credentials: readonly Credential[], workflows: readonly Workflow[]): Promise<void>
  /** Runs workflows one after the other in one process, each from its manual trigger. The result is by name. */
  executeBatch(workflows: readonly Workflow[]): Promise<Record<string, WorkflowRun>>
  /** Starts the server. */
  start(): Promise<{ origin: string; logs(): string }>
  /** Stops the server, if it runs. */
  stop(): Promise<void>
  /** The latest run of each workflow, by name, while the server does not run. */
  runs(workflows: readonly Workflow[]): Record<string, WorkflowRun>
  /** Stops the server, if it runs, and deletes everything. */
  close(): Promise<void>
}

const READY_WITHIN_MS = 300_000

/** Makes an n8n with the package in it, installing and building whatever is missing. */
export async function prepareN8n(): Promise<N8n> {
  const installed = await installedN8n()
  const folder = await mkdtemp(join(tmpdir(), 'speka-n8n-'))
  try {
    await unpackedNodes(join(folder, '.n8n', 'nodes', 'node_modules'))
    return await assemble(installed, folder)
  } catch (error) {
    await rm(folder, { recursive: true, force: true })
    throw error
  }
}

async function assemble({ folder: home, node, cli }: InstalledN8n, folder: string): Promise<N8n> {
  const [port, brokerPort] = [await freePort(), await freePort()]
  const environment = {
    PATH: process.env['PATH'] ?? '',
    HOME: folder,
    NODE_COMPILE_CACHE: join(home, '.compile-cache'),
    N8N_USER_FOLDER: folder,
    N8N_LISTEN_ADDRESS: '127.0.0.1',
    N8N_PORT: String(port),
    N8N_RUNNERS_BROKER_PORT: String(brokerPort),
    N8N_ENCRYPTION_KEY: 'key-for-tests',
    N8N_SECURE_COOKIE: 'false',
    N8N_DIAGNOSTICS_ENABLED: 'false',
    N8N_VERSION_NOTIFICATIONS_ENABLED: 'false',
    N8N_TEMPLATES_ENABLED: 'false',
    N8N_PERSONALIZATION_ENABLED: 'false',
    N8N_VERIFIED_PACKAGES_ENABLED: 'false',
  }
  let server: ChildProcess | undefined

  const run = async (args: readonly string[]) => {
    const ended = await runProgram(node, [cli, ...args], { cwd: folder, env: environment, timeoutMs: 300_000 })
    if (process.env['SPEKA_TEST_LOGS']) process.stderr.write(ended.stdout + ended.stderr)
    return ended
  }
  const succeed = async (args: readonly string[]): Promise<void> => {
    const { code, stdout, stderr } = await run(args)
    if (code !== 0) throw new Error(`n8n ${args.join(' ')} ended with exit code ${code}:\n${stdout}${stderr}`)
  }

  const runsOf = (workflows: readonly Workflow[]): Record<string, WorkflowRun> => {
    const runs = readRuns(join(folder, '.n8n', 'database.sqlite'), join(home, 'package.json'))
    const ran = workflows.flatMap(({ id, name }): [string, WorkflowRun][] => {
      const found = runs.get(id)
      return found === undefined ? [] : [[name, found]]
    })
    return Object.fromEntries(ran)
  }

  const stop = async (): Promise<void> => {
    const ending = server
    server = undefined
    if (ending === undefined || ending.exitCode !== null || ending.signalCode !== null) return
    const ended = once(ending, 'exit')
    ending.kill('SIGTERM')
    const late = setTimeout(() => ending.kill('SIGKILL'), PATIENCE_MS)
    await ended
    clearTimeout(late)
  }

  return {
    version: (JSON.parse(await readFile(join(home, 'node_modules/n8n/package.json'), 'utf8')) as { version: string })
      .version,

    async import(credentials, workflows) {
      const file = join(folder, 'credentials.json')
      const workflowFolder = join(folder, 'workflows')
      await mkdir(workflowFolder, { recursive: true })
      await writeFile(file, JSON.stringify(credentials))
      for (const workflow of workflows) {
        await writeFile(join(workflowFolder, `${workflow.id}.json`), JSON.stringify(workflow))
      }
      await succeed(['import:credentials', `--input=${file}`])
      await succeed(['import:workflow', '--separate', `--input=${workflowFolder}`])
    },

    async executeBatch(workflows) {
      // Judged by what it left in the database: of a run that failed it prints one line, and now and then it crashes on its way out.
      let printed = ''
      for (let tries = 0; tries < 2; tries += 1) {
        const done = runsOf(workflows)
        const left = workflows.filter(({ name }) => done[name] === undefined).map(({ id }) => id)
        if (left.length === 0) return done
        const ended = await run(['execute-batch', `--ids=${left.join(',')}`, '--retries=0', '--shortOutput']).catch(
          (crash: unknown) => ({ stdout: '', stderr: String(crash) }),
        )
        printed += ended.stdout + ended.stderr
      }
      const done = runsOf(workflows)
      const missing = workflows.filter(({ name }) => done[name] === undefined)
      if (missing.length > 0) throw new Error(`${missing.map(({ name }) => name).join(', ')} did not run:\n${printed}`)
      return done
    },

    runs: runsOf,

    async start() {
      const started = spawn(node, [cli, 'start'], { cwd: folder, env: environment, stdio: ['ignore', 'pipe', 'pipe'] })
      server = started
      let printed = ''
      for (const output of [started.stdout, started.stderr]) {
        output.setEncoding('utf8').on('data', (text: string) => {
          printed += text
          if (process.env['SPEKA_TEST_LOGS']) process.stderr.write(text)
        })
      }
      const origin = `http://127.0.0.1:${port}`
      const deadline = performance.now() + READY_WITHIN_MS
      while (performance.now() < deadline) {
        if (started.exitCode !== null)
          throw new Error(`n8n ended with ${started.exitCode} instead of starting:\n${printed}`)
        const response = await fetch(`${origin}/healthz/readiness`).catch(() => undefined)
        await response?.body?.cancel()
        if (response?.status === 200) return { origin, logs: () => printed }
        await wait(100)
      }
      throw new Error(`n8n was not ready within ${READY_WITHIN_MS} ms:\n${printed}`)
    },

    stop,

    async close() {
      await stop()
      await rm(folder, { recursive: true, force: true })
    },
  }
}
