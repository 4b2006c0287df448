import { mkdtemp } from 'node:fs/promises'
import { readFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join, resolve } from 'node:path'
import { type Ended, runProgram } from './run-program.ts'

export const root = resolve(import.meta.dirname, '..', '..')

/** What `npm pack` made of one package. */
export interface Tarball {
  readonly name: string
  readonly version: string
  /** Where it is. */
  readonly file: string
  /** The paths in it. */
  readonly files: readonly string[]
  /** In bytes: as it is downloaded, and as it lies on the disk. */
  readonly size: number
  readonly unpackedSize: number
}

/** The packages that are published, by folder. */
export const published = ['core', 'server', 'langchain', 'llamaindex'] as const

type Published = (typeof published)[number]

/** Builds the packages and packs them into a new folder, as a release does. */
export async function packPackages(): Promise<Record<Published, Tarball>> {
  const folder = await mkdtemp(join(tmpdir(), 'speka-tarballs-'))
  await done('npm', ['run', 'build'], { cwd: root, timeoutMs: 300_000 })
  const folders = published.map((name) => `./packages/${name}`)
  const { stdout } = await done('npm', ['pack', ...folders, '--json', '--pack-destination', folder], { cwd: root })
  const reports: PackReport[] = Object.values(JSON.parse(stdout))
  const tarballs = published.map((name): [Published, Tarball] => {
    const report = reports.find((each) => each.name === `@speka/${name}`)
    if (report === undefined) throw new Error(`npm pack says nothing of ${name}:\n${stdout}`)
    const files = report.files.map(({ path }) => path)
    return [name, { ...report, file: join(folder, report.filename), files }]
  })
  return Object.fromEntries(tarballs) as Record<Published, Tarball>
}

interface PackReport {
  readonly name: string
  readonly version: string
  readonly filename: string
  readonly size: number
  readonly unpackedSize: number
  readonly files: readonly { readonly path: string }[]
}

/** A `package.json`, as far as tests look at it. */
export interface Manifest {
  readonly name: string
  readonly version: string
  readonly private?: boolean
  readonly license?: string
  readonly type?: string
  readonly sideEffects?: boolean
  readonly main?: string
  readonly types?: string
  readonly bin?: Readonly<Record<string, string>>
  readonly files?: readonly string[]
  readonly engines?: Readonly<Record<string, string>>
  readonly repository?: { readonly url: string; readonly directory?: string }
  readonly publishConfig?: { readonly access?: string; readonly provenance?: boolean }
  readonly exports?: Readonly<Record<string, unknown>>
  readonly scripts?: Readonly<Record<string, string>>
  readonly dependencies?: Readonly<Record<string, string>>
  readonly devDependencies?: Readonly<Record<string, string>>
  readonly peerDependencies?: Readonly<Record<string, string>>
  readonly optionalDependencies?: Readonly<Record<string, string>>
}

/** @param folder relative to the repository, or absolute. */
export const manifestIn = (folder: string): Manifest =>
  JSON.parse(readFileSync(join(resolve(root, folder), 'package.json'), 'utf8')) as Manifest

/** Runs a program that must succeed. */
export async function done(
  command: string,
  args: readonly string[],
  options: Parameters<typeof runProgram>[2] = {},
): Promise<Ended> {
  const ended = await runProgram(command, args, { env: strangersEnvironment(), ...options })
  if (ended.code !== 0) {
    throw new Error(`${command} ${args.join(' ')} ended with ${ended.code}:\n${ended.stdout}\n${ended.stderr}`)
  }
  return ended
}

/** What of npm's own variables says how to reach the registry. The rest describes the npm that runs these tests. */
const aboutTheRegistry = /^npm_config_(?:registry|.*proxy|cafile|ca|cache|userconfig|globalconfig|strict_ssl)$/i

/** An environment that knows nothing of this repository, of Speka, or of any provider. */
export function strangersEnvironment(more: NodeJS.ProcessEnv = {}): NodeJS.ProcessEnv {
  const kept = Object.entries(process.env).filter(
    ([name]) =>
      aboutTheRegistry.test(name) ||
      (/^(?:HOME|USER|LANG|LC_.*|TMPDIR|.*_proxy|SSL_CERT_.*|NODE_EXTRA_CA_CERTS)$/i.test(name) &&
        !/^npm_/i.test(name)),
  )
  const path = (process.env['PATH'] ?? '').split(':').filter((folder) => !folder.endsWith('node_modules/.bin'))
  const pinnedNode = join(root, 'node_modules', 'node', 'bin')
  return { ...Object.fromEntries(kept), PATH: [pinnedNode, ...path].join(':'), CI: 'true', ...more }
}
