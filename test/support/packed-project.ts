import { mkdtemp, realpath, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { done, strangersEnvironment, type Tarball } from './pack-packages.ts'
import { folderOfNode } from './packed-node.ts'
import { type Ended, runProgram } from './run-program.ts'

/** A folder outside the repository that has the packed packages installed, and nothing of ours besides. */
export interface PackedProject {
  readonly folder: string
  /** Finds the chosen Node first, and nothing of the repository. */
  readonly env: NodeJS.ProcessEnv
  /** Writes a file into the project and returns its path. */
  write(name: string, content: string): Promise<string>
  /** Runs a program in the project, whatever its exit code. */
  run(command: string, ...args: string[]): Promise<Ended>
  remove(): Promise<void>
}

/**
 * Does what a stranger does: an empty folder, `npm install` of the packages, on a version of Node.
 *
 * @param more other packages to install beside them.
 */
export async function installProject(
  nodeVersion: string,
  tarballs: readonly Tarball[],
  more: readonly string[] = [],
): Promise<PackedProject> {
  const bin = await folderOfNode(nodeVersion)
  const folder = await realpath(await mkdtemp(join(tmpdir(), 'speka-stranger-')))
  const plain = strangersEnvironment()
  const env = { ...plain, PATH: `${bin}:${plain['PATH']}` }
  const project: PackedProject = {
    folder,
    env,
    async write(name, content) {
      const file = join(folder, name)
      await writeFile(file, content)
      return file
    },
    run: (command, ...args) => runProgram(command, args, { cwd: folder, env, timeoutMs: 300_000 }),
    remove: () => rm(folder, { recursive: true, force: true }),
  }
  await project.write('package.json', JSON.stringify({ name: 'stranger', version: '1.0.0', private: true }))
  const wanted = [...tarballs.map(({ file }) => file), ...more]
  await done('npm', ['install', '--no-audit', '--no-fund', ...wanted], { cwd: folder, env, timeoutMs: 300_000 })
  return project
}
