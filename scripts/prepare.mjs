// What `npm start` and `npm test` share. Runs on any Node from 20 on, before anything is installed: no dependency, no syntax newer
// than that.
import { spawn } from 'node:child_process'
import { createHash } from 'node:crypto'
import { existsSync, readFileSync, readdirSync, statSync, writeFileSync } from 'node:fs'
import { delimiter, dirname, join, relative } from 'node:path'
import { fileURLToPath } from 'node:url'

export const root = dirname(dirname(fileURLToPath(import.meta.url)))

const modules = join(root, 'node_modules')

/** The Node this repository is built and tested with, whatever the machine's own is: the npm package `node`. */
const pinnedNode = join(modules, 'node', 'bin', process.platform === 'win32' ? 'node.exe' : 'node')

export const turbo = {
  command: join(modules, 'turbo', 'bin', 'turbo'),
  options: ['--cache=local:rw', '--output-logs=errors-only'],
  env: { TURBO_TELEMETRY_DISABLED: '1', DO_NOT_TRACK: '1' },
}

/** What npm is asked for, by how much of the repository is wanted: the server takes a third of the time. */
const scopes = {
  /** Everything: tests, examples, every package. */
  all: [],
  /** What building and running the server takes; `scripts/package.json` lists the tools for it. */
  server: ['-w', '@speka/core', '-w', '@speka/console', '-w', '@speka/server', '-w', 'speka-build'],
}

/**
 * Installs the dependencies unless those of the lockfile are there already.
 *
 * @param {keyof typeof scopes} [scope] Default: all.
 */
export async function install(scope = 'all') {
  const lockfile = readFileSync(join(root, 'package-lock.json'), 'utf8')
  const wanted = hash([lockfile, process.platform, process.arch])
  const stamp = join(modules, '.speka-install')
  if (existsSync(pinnedNode)) {
    const present = read(stamp)
    if (present === wanted || present === `${wanted} ${scope}`) return
    if (installedByHand(lockfile)) {
      writeFileSync(stamp, wanted)
      return
    }
  }
  // Not `npm ci`: it deletes what is there, and refuses a lockfile that lacks a package of some other platform.
  await step('Installing dependencies', () =>
    npm('install', '--no-save', '--no-audit', '--no-fund', '--loglevel=error', ...scopes[scope]),
  )
  if (!existsSync(pinnedNode)) {
    throw new StepFailure(
      'The pinned Node did not arrive with the dependencies: its install script must run, so remove ignore-scripts from your npm configuration.',
    )
  }
  writeFileSync(stamp, scope === 'all' ? wanted : `${wanted} ${scope}`)
}

/** Builds the server and what it depends on, unless nothing has changed since the last time. */
export async function build() {
  const stamp = join(modules, '.speka-build')
  const wanted = fingerprint(['core', 'console', 'server'])
  const built = ['core/dist/index.js', 'server/dist/console/index.html', 'server/dist/main.js'].every((file) =>
    existsSync(join(root, 'packages', file)),
  )
  if (built && read(stamp) === wanted) return
  await step('Building', () =>
    run(pinnedNode, [turbo.command, 'run', 'build', '--filter=@speka/server...', ...turbo.options], turbo.env),
  )
  writeFileSync(stamp, wanted)
}

/**
 * Runs a program on the pinned Node in place of this one: its input and output, its exit code, its signals.
 *
 * @param {string[]} args
 * @param {NodeJS.ProcessEnv} [env]
 */
export function become(args, env = {}) {
  const child = spawn(pinnedNode, args, { cwd: root, stdio: 'inherit', env: { ...withPinnedNode(), ...env } })

  // A terminal sends Ctrl-C to every process in the foreground, the child too, and npm then passes it on to us once more. The
  // child should see it once: from the terminal where there is one, else from us.
  const fromTerminal = Boolean(process.stdin.isTTY)
  const forwarded = new Set()
  for (const signal of /** @type {const} */ (['SIGINT', 'SIGTERM', 'SIGHUP'])) {
    process.on(signal, () => {
      if (forwarded.has(signal) || (fromTerminal && signal !== 'SIGTERM')) return
      if (signal !== 'SIGHUP') forwarded.add(signal)
      child.kill(signal)
    })
  }

  // An npm that was killed tells nobody; whoever killed it wanted the child gone.
  const parent = process.ppid
  if (process.env['npm_lifecycle_event'] !== undefined) {
    const watch = setInterval(() => {
      if (process.ppid === parent) return
      clearInterval(watch)
      child.kill('SIGTERM')
    }, 250)
  }

  child.on('error', (error) => {
    console.error(error.message)
    process.exitCode = 1
  })
  child.on('exit', (code, signal) => {
    if (signal === null) process.exit(code ?? 1)
    process.removeAllListeners(signal)
    process.kill(process.pid, signal)
  })
}

/**
 * Ends the process with the reason when a step failed.
 *
 * @param {() => Promise<void>} work
 */
export async function main(work) {
  try {
    await work()
  } catch (error) {
    if (!(error instanceof StepFailure)) throw error
    console.error(error.message)
    process.exitCode = 1
  }
}

class StepFailure extends Error {}

/**
 * @param {string} name
 * @param {() => Promise<{ code: number, output: string }>} work
 */
async function step(name, work) {
  // On stderr, so that what the command itself prints can be piped.
  process.stderr.write(`${name}… `)
  const started = Date.now()
  const { code, output } = await work()
  const seconds = `${((Date.now() - started) / 1000).toFixed(1)} s`
  process.stderr.write(code === 0 ? `${seconds}\n` : `failed after ${seconds}\n`)
  if (code !== 0) throw new StepFailure(output.trimEnd() || `It ended with exit code ${code}.`)
}

/** @param {string[]} args */
function npm(...args) {
  // npm runs on the Node that started it, and not on the pinned one, which the installation may replace.
  const { npm_execpath: cli, npm_node_execpath: node } = process.env
  const pathWithoutModules = (process.env['PATH'] ?? '')
    .split(delimiter)
    .filter((folder) => !folder.startsWith(modules))
    .join(delimiter)
  const env = { PATH: pathWithoutModules }
  if (cli?.endsWith('.js') && node && !node.startsWith(modules)) return run(node, [cli, ...args], env)
  return run(process.platform === 'win32' ? 'npm.cmd' : 'npm', args, env)
}

/**
 * @param {string} command
 * @param {string[]} args
 * @param {NodeJS.ProcessEnv} env
 * @returns {Promise<{ code: number, output: string }>}
 */
function run(command, args, env) {
  return new Promise((resolve) => {
    const child = spawn(command, args, {
      cwd: root,
      stdio: ['ignore', 'pipe', 'pipe'],
      env: { ...withPinnedNode(), ...env },
      shell: command.endsWith('.cmd'),
    })
    let output = ''
    child.stdout.on('data', (chunk) => (output += chunk))
    child.stderr.on('data', (chunk) => (output += chunk))
    child.on('error', (error) => resolve({ code: 1, output: error.message }))
    child.on('close', (code) => resolve({ code: code ?? 1, output }))
  })
}

/** @returns {NodeJS.ProcessEnv} */
function withPinnedNode() {
  return { ...process.env, PATH: [join(modules, '.bin'), process.env['PATH'] ?? ''].join(delimiter) }
}

/**
 * Whether `npm install`, run by a person, has already brought what the lockfile asks for.
 *
 * @param {string} lockfile
 */
function installedByHand(lockfile) {
  const installed = read(join(modules, '.package-lock.json'))
  if (installed === undefined) return false
  /** @type {Record<string, { version?: string }>} */
  const present = JSON.parse(installed).packages
  /** @type {Record<string, { version?: string, optional?: boolean, link?: boolean, dev?: boolean }>} */
  const wanted = JSON.parse(lockfile).packages
  return Object.entries(wanted).every(([path, { version, optional }]) => {
    if (!path.includes('node_modules/')) return true
    const found = present[path]
    return found === undefined ? optional === true : found.version === version
  })
}

/**
 * The state of everything a build reads, from paths, sizes and times: no file is opened.
 *
 * @param {string[]} packages
 * @param {string[]} [folders] What else it reads, from the root.
 */
export function fingerprint(packages, folders = []) {
  const files = ['package-lock.json', 'tsconfig.json', 'turbo.json'].map((name) => join(root, name))
  for (const name of packages) {
    const folder = join(root, 'packages', name)
    for (const entry of readdirSync(folder, { withFileTypes: true })) {
      if (entry.isFile()) files.push(join(folder, entry.name))
    }
  }
  for (const folder of [...packages.map((name) => join('packages', name, 'src')), ...folders]) {
    for (const path of readdirSync(join(root, folder), { recursive: true }))
      files.push(join(root, folder, String(path)))
  }
  return hash(
    files.toSorted().map((file) => {
      const { size, mtimeMs } = statSync(file)
      return `${relative(root, file)} ${size} ${mtimeMs}`
    }),
  )
}

/** @param {string[]} parts */
function hash(parts) {
  return createHash('sha256').update(parts.join('\n')).digest('hex')
}

/** @param {string} file */
function read(file) {
  return existsSync(file) ? readFileSync(file, 'utf8') : undefined
}
