import { mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join, resolve } from 'node:path'
import { runProgram } from '../run-program.ts'

const root = resolve(import.meta.dirname, '..', '..', '..')

/** Builds the package of nodes, without checking its types again, and packs it; the tarball is in the folder. */
async function packedNodes(folder: string): Promise<string> {
  await done(process.execPath, [join(root, 'packages/n8n-nodes-speka/build.mjs')])
  const { stdout } = await done('npm', ['pack', './packages/n8n-nodes-speka', '--json', '--pack-destination', folder])
  const [report] = Object.values(JSON.parse(stdout) as Record<string, { filename: string }>)
  return join(folder, report?.filename ?? '')
}

/** The packed package in a folder of `node_modules`, as n8n's installer leaves it there: alone. */
export async function unpackedNodes(modules: string): Promise<string> {
  const scratch = await mkdtemp(join(tmpdir(), 'speka-nodes-'))
  try {
    const place = join(modules, 'n8n-nodes-speka')
    await mkdir(place, { recursive: true })
    await done('tar', ['-xzf', await packedNodes(scratch), '-C', place, '--strip-components=1'])
    const file = join(place, 'package.json')
    const { devDependencies: _dev, peerDependencies: _peer, ...manifest } = JSON.parse(await readFile(file, 'utf8'))
    await writeFile(file, JSON.stringify(manifest, null, 2))
    return place
  } finally {
    await rm(scratch, { recursive: true, force: true })
  }
}

async function done(command: string, args: readonly string[]): Promise<{ stdout: string }> {
  const { code, stdout, stderr } = await runProgram(command, args, { cwd: root, timeoutMs: 120_000 })
  if (code !== 0) throw new Error(`${command} ${args.join(' ')} ended with exit code ${code}:\n${stdout}${stderr}`)
  return { stdout }
}
