import { chmodSync, cpSync, lstatSync, mkdirSync, readdirSync, readFileSync, statSync } from 'node:fs'
import { basename, dirname, join, posix, relative } from 'node:path'
import { done, root, strangersEnvironment } from './pack-packages.ts'
import {
  environmentOf,
  type Instruction,
  readDockerfile,
  readDockerignore,
  type Stage,
} from './packaging-dockerfile.ts'

/** What the steps of the Dockerfile made: a folder that stands for the image's root, without what its base would bring. */
export interface BuiltImage {
  readonly folder: string
  readonly environment: Readonly<Record<string, string>>
  /** What starts when nothing else is asked for. */
  readonly command: readonly string[]
  readonly healthCheck: readonly string[]
  readonly user: { readonly uid: number; readonly gid: number }
  readonly workdir: string
  readonly volume: string
}

/** The search path that the base image sets. `/opt/node` stands for its own Node. */
const BASE_PATH = '/opt/node:/usr/local/bin:/usr/bin:/bin'

/** Carries out the steps of the repository's Dockerfile in a clean folder, as an engine would: the same files, the same commands. */
export async function buildImage(folder: string): Promise<BuiltImage> {
  const stages = readDockerfile(readFileSync(join(root, 'Dockerfile'), 'utf8'))
  const folders = new Map<string, string>()
  let place = ''
  for (const [index, stage] of stages.entries()) {
    place = join(folder, `${index}-${stage.name ?? 'final'}`)
    mkdirSync(place, { recursive: true })
    const parent = folders.get(stage.base)
    if (parent !== undefined) cpSync(parent, place, { recursive: true, verbatimSymlinks: true })
    await carryOut(stage, stages, place, folders)
    if (stage.name !== undefined) folders.set(stage.name, place)
  }

  const final = stages.at(-1)
  if (final === undefined) throw new Error('The Dockerfile has no stage.')
  const last = (name: string): Instruction => {
    const found = final.instructions.findLast((instruction) => instruction.name === name)
    if (found === undefined) throw new Error(`The last stage has no ${name}.`)
    return found
  }
  const [uid = 0, gid = 0] = last('USER').text.split(':').map(Number)
  return {
    folder: place,
    environment: { PATH: BASE_PATH, ...environmentOf(final, { PATH: BASE_PATH }) },
    command: [...last('ENTRYPOINT').words, ...last('CMD').words],
    healthCheck: JSON.parse(last('HEALTHCHECK').text.replace(/^CMD /, '')) as string[],
    user: { uid, gid },
    workdir: last('WORKDIR').text,
    volume: last('VOLUME').text,
  }
}

async function carryOut(
  stage: Stage,
  all: readonly Stage[],
  place: string,
  folders: ReadonlyMap<string, string>,
): Promise<void> {
  let workdir = workdirOf(stage, all)
  for (const { name, flags, text, words } of stage.instructions) {
    if (name === 'WORKDIR') {
      workdir = text
      mkdirSync(join(place, workdir), { recursive: true })
    }
    if (name === 'COPY') copy(words, join(place, workdir), folders.get(flags['from'] ?? ''))
    if (name === 'RUN') await run(text, place, join(place, workdir))
  }
}

/** The folder that a stage begins in: that of the stage it continues. */
function workdirOf(stage: Stage, all: readonly Stage[]): string {
  const parent = all.find(({ name }) => name === stage.base)
  return parent?.instructions.findLast(({ name }) => name === 'WORKDIR')?.text ?? '/'
}

/** @param stage where to copy from; the repository, but for what `.dockerignore` says, when undefined. */
function copy(words: readonly string[], workdir: string, stage: string | undefined): void {
  const target = words.at(-1) ?? '.'
  const ignored = readDockerignore(readFileSync(join(root, '.dockerignore'), 'utf8'))
  for (const source of words.slice(0, -1)) {
    const from = join(stage ?? root, source)
    // A folder's content is copied, not the folder; a file goes into a target that ends with a slash.
    const isFile = statSync(from).isFile()
    const to = join(workdir, target, isFile && /(?:^\.|\/)$/.test(target) ? basename(source) : '')
    mkdirSync(isFile ? dirname(to) : to, { recursive: true })
    cpSync(from, to, {
      recursive: true,
      verbatimSymlinks: true,
      filter: (path) => stage !== undefined || path === from || !ignored(relative(root, path)),
    })
  }
}

/** An absolute path means one inside the image. Only root can give files away. */
async function run(command: string, place: string, cwd: string): Promise<void> {
  const inside = command.replaceAll(/(?<=\s)\/(?=\w)/g, `${place}/`)
  const possible = isRoot() ? inside : inside.replaceAll(/&& chown [^&]*/g, '')
  await done('sh', ['-c', possible], { cwd, env: strangersEnvironment(), timeoutMs: 300_000 })
}

export const isRoot = (): boolean => process.getuid?.() === 0

/** All paths in a folder, relative to it, links not followed. */
export function pathsIn(folder: string): string[] {
  return readdirSync(folder, { recursive: true, encoding: 'utf8' }).map((path) => path.replaceAll('\\', posix.sep))
}

/** What the files in a folder hold together, in bytes. */
export const bytesIn = (folder: string): number =>
  pathsIn(folder)
    .map((path) => lstatSync(join(folder, path)))
    .reduce((sum, stat) => sum + (stat.isFile() ? stat.size : 0), 0)

/** Takes from everybody the right to change what is in a folder. */
export function makeReadOnly(folder: string): void {
  for (const path of ['', ...pathsIn(folder)]) {
    const file = join(folder, path)
    const stat = lstatSync(file)
    if (!stat.isSymbolicLink()) chmodSync(file, stat.mode & 0o555)
  }
}
