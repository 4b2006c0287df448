import { spawnSync } from 'node:child_process'
import { existsSync, lstatSync, mkdirSync, readFileSync, readlinkSync, symlinkSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { type BuiltImage, isRoot } from './packaging-image.ts'
import { folderOfNode, PINNED_NODE } from './packed-node.ts'
import type { PackedGateway } from './packed-gateway.ts'

/** A program that runs in what was built, apart from the rest of the machine as far as the system lets us. */
export interface Contained {
  readonly command: string
  readonly args: readonly string[]
  readonly cwd: string
  readonly env: NodeJS.ProcessEnv
}

/**
 * Whether programs can be run as an engine runs them: as process 1 of their own namespace, on a root that is the image, mounted to be
 * read only. Takes root and Linux; GitHub's machines and most containers give neither to a test.
 */
export const canContain: boolean =
  isRoot() &&
  spawnSync('sh', [
    '-c',
    `setpriv --version && unshare --mount --pid --fork --mount-proc sh -c 'mount -t tmpfs none /tmp'`,
  ]).status === 0

/** What a program of the image needs of the machine, as a base image would bring it. */
const base = ['usr', 'bin', 'sbin', 'lib', 'lib64', 'etc', 'dev']

/**
 * How to start a program in the image: nothing of it can be written to but `data`, which stands for the volume. There is no `/tmp` to
 * write to either.
 */
export async function contain(
  image: BuiltImage,
  data: string,
  words: readonly string[],
  more: NodeJS.ProcessEnv,
): Promise<Contained> {
  const { uid, gid } = image.user
  const node = await folderOfNode(PINNED_NODE)
  const env = { ...image.environment, ...more }
  if (!canContain) {
    // The closest that works anywhere: this user, who may not write to the tree.
    const [, ...args] = words
    const [command = '', ...rest] = words[0] === 'node' ? [join(node, 'node'), ...args] : words
    const inside = (word: string): string => (word.startsWith('/app/') ? join(image.folder, word) : word)
    const path = `${join(image.folder, 'app/node_modules/.bin')}:${node}:/usr/bin:/bin`
    return {
      command,
      args: rest.map(inside),
      cwd: join(image.folder, image.workdir),
      env: { ...env, PATH: path, SPEKA_DATA_DIR: data },
    }
  }

  const mounts = [`mount --bind ${image.folder} ${image.folder}`]
  for (const name of base) {
    const [machine, here] = [join('/', name), join(image.folder, name)]
    if (!existsSync(machine)) continue
    if (lstatSync(machine).isSymbolicLink()) {
      if (lstatSync(here, { throwIfNoEntry: false }) === undefined) symlinkSync(readlinkSync(machine), here)
      continue
    }
    mkdirSync(here, { recursive: true })
    mounts.push(`mount --rbind ${machine} ${here}`)
    if (name !== 'dev') mounts.push(`mount -o remount,ro,bind ${here}`)
  }
  for (const [from, to] of [
    [node, join(image.folder, 'opt/node')],
    [data, join(image.folder, image.volume)],
  ] as const) {
    mkdirSync(to, { recursive: true })
    mounts.push(`mount --bind ${from} ${to}`)
  }
  mkdirSync(join(image.folder, 'proc'), { recursive: true })
  mounts.push(`mount -t proc proc ${join(image.folder, 'proc')}`, `mount -o remount,ro,bind ${image.folder}`)

  const start = `exec $(PATH=/usr/sbin:/sbin command -v chroot) ${image.folder} setpriv --reuid=${uid} --regid=${gid} --clear-groups --bounding-set=-all --inh-caps=-all --no-new-privs "$@"`
  const script = `${mounts.join(' && ')} && ${start}`
  return {
    command: 'unshare',
    args: ['--mount', '--pid', '--fork', '--kill-child', 'sh', '-c', script, 'sh', ...words],
    cwd: dirname(image.folder),
    env,
  }
}

/** What Linux knows of a process. */
export interface ProcessStatus {
  /** Its number on this machine, and in its own namespace. */
  readonly pid: number
  readonly pidInside: number
  readonly uid: number
  /** As a hexadecimal number. */
  readonly capabilities: string
  readonly mayGainPrivileges: boolean
  readonly children: readonly number[]
}

/** The gateway's own process, which is the child of the program that contains it. */
export function statusOf({ pid }: Pick<PackedGateway, 'pid'>): ProcessStatus {
  const [inner] = canContain ? childrenOf(pid) : [pid]
  if (inner === undefined) throw new Error(`Process ${pid} contains nothing.`)
  const status = readFileSync(`/proc/${inner}/status`, 'utf8')
  const field = (name: string): string[] => new RegExp(`^${name}:\\s*(.*)$`, 'm').exec(status)?.[1]?.split(/\s+/) ?? []
  return {
    pid: inner,
    pidInside: Number(field('NSpid').at(-1)),
    uid: Number(field('Uid')[1]),
    capabilities: field('CapEff')[0] ?? '',
    mayGainPrivileges: field('NoNewPrivs')[0] !== '1',
    children: childrenOf(inner),
  }
}

function childrenOf(pid: number): number[] {
  const { stdout } = spawnSync('ps', ['-o', 'pid=', '--ppid', `${pid}`], { encoding: 'utf8' })
  return stdout
    .split('\n')
    .map(Number)
    .filter((child) => child > 0)
}
