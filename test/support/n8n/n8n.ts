import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as wait } from 'node:timers/promises'
import { freePort } from '../free-port.ts'
import { runProgram } from '../run-program.ts'
import { installedN8n, type InstalledN8n } from './install.ts'
import { unpackedNodes } from './unpacked-nodes.ts'
import type { Credential, Workflow } from './workflow.ts'

/** What a node put out, one entry for each time it ran. */
export interface NodeRun {
  readonly executionStatus?: string
  readonly error?: { readonly message: string; readonly description?: string; readonly [field: string]: unknown }
  readonly data?: Readonly<Record<string, readonly (readonly Item[] | null)[]>>
  readonly inputOverride?: unknown
  readonly metadata?: Readonly<Record<string, unknown>>
  readonly executionTime?: number
}

export interface Item {
  readonly json: Record<string, never>
  readonly binary?: Readonly<
    Record<string, { readonly mimeType: string; readonly fileName?: string; readonly data: string }>
  >
  readonly error?: { readonly message: string }
  readonly pairedItem?: unknown
}

/** What became of a workflow. */
export interface WorkflowRun {
  readonly error?: { readonly message: string; readonly description?: string } | undefined
  /** By the name of the node. */
  readonly nodes: Readonly<Record<string, readonly NodeRun[]>>
}

/** An n8n of its own: a folder with its database, and the packed nodes installed as n8n installs them. */
export interface N8n {
  readonly version: string
  /** Brings in credentials and workflows by their ids. */
  import(credentials: readonly Credential[], workflows: readonly Workflow[]): Promise<void>
  /** Runs workflows one after the other in one process, each from its manual trigger. */
  executeBatch(ids: readonly string[]): Promise<Record<string, WorkflowRun>>
  /** Publishes workflows, so that their webhooks answer once the server has started. */
  publish(ids: readonly string[]): Promise<void>
  /** Starts the server. */
  start(): Promise<{ origin: string; logs(): string }>
  /** Stops the server, if it runs, and deletes everything. */
  close(): Promise<void>
}

const READY_WITHIN_MS = 90_000

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
  const done = async (args: readonly string[]): Promise<void> => {
    const { code, stdout, stderr } = await run(args)
    if (code !== 0) throw new Error(`n8n ${args.join(' ')} ended with exit code ${code}:\n${stdout}${stderr}`)
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
      await done(['import:credentials', `--input=${file}`])
      await done(['import:workflow', '--separate', `--input=${workflowFolder}`])
    },

    async executeBatch(ids) {
      const output = join(folder, 'batch.json')
      const snapshots = join(folder, 'snapshots')
      await mkdir(snapshots, { recursive: true })
      // Judged by what it wrote: it has been seen to crash on its way out.
      const { stdout, stderr } = await run([
        'execute-batch',
        `--ids=${ids.join(',')}`,
        '--retries=0',
        '--shortOutput',
        `--output=${output}`,
        `--snapshot=${snapshots}`,
      ])
      const runs = await Promise.all(
        ids.map(async (id) => {
          const text = await readFile(join(snapshots, `${id}-snapshot.json`), 'utf8').catch(() => undefined)
          if (text === undefined) throw new Error(`Workflow ${id} left nothing behind:\n${stdout}${stderr}`)
          return [id, runIn(JSON.parse(text))] as const
        }),
      )
      return Object.fromEntries(runs)
    },

    async publish(ids) {
      for (const id of ids) await done(['publish:workflow', `--id=${id}`])
    },

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

    async close() {
      const ending = server
      server = undefined
      if (ending !== undefined && ending.exitCode === null && ending.signalCode === null) {
        const ended = once(ending, 'exit')
        ending.kill('SIGTERM')
        const late = setTimeout(() => ending.kill('SIGKILL'), 10_000)
        await ended
        clearTimeout(late)
      }
      await rm(folder, { recursive: true, force: true })
    },
  }
}

/** A run as n8n keeps it, in fewer layers. */
function runIn(snapshot: unknown): WorkflowRun {
  const { data } = snapshot as {
    data?: { resultData?: { error?: WorkflowRun['error']; runData?: WorkflowRun['nodes'] } }
  }
  return { error: data?.resultData?.error, nodes: data?.resultData?.runData ?? {} }
}
