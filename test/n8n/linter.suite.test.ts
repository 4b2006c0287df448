import { cp, mkdir, mkdtemp, readFile, rm, symlink, writeFile } from 'node:fs/promises'
import { createRequire } from 'node:module'
import { tmpdir } from 'node:os'
import { dirname, join, resolve } from 'node:path'
import { installedNodeCli } from '../support/n8n/install.ts'
import { runProgram } from '../support/run-program.ts'

const source = resolve(import.meta.dirname, '..', '..', 'packages', 'n8n-nodes-speka')

let scratch: string
let folder: string
let modules: string

/** A copy of the sources with n8n's tools beside them, as the folder of a package of nodes looks that n8n's own template made. */
beforeAll(async () => {
  modules = join(await installedNodeCli(), 'node_modules')
  scratch = await mkdtemp(join(tmpdir(), 'speka-n8n-lint-'))
  folder = join(scratch, 'package')
  await mkdir(join(folder, 'node_modules', '@speka'), { recursive: true })
  for (const name of ['package.json', 'credentials', 'nodes', 'icons']) {
    await cp(join(source, name), join(folder, name), { recursive: true })
  }
  await symlink(modules, join(scratch, 'node_modules'))
  await symlink(join(modules, '.bin'), join(folder, 'node_modules', '.bin'))
  await symlink(join(source, '..', 'core'), join(folder, 'node_modules', '@speka', 'core'))
  await symlink(dirname(manifestOf('n8n-workflow')), join(folder, 'node_modules', 'n8n-workflow'))
  const template = join(modules, '@n8n/node-cli/dist/template/templates/shared/default/eslint.config.mjs')
  await cp(template, join(folder, 'eslint.config.mjs'))
  const { compilerOptions } = JSON.parse(withoutComments(await readFile(join(source, 'tsconfig.json'), 'utf8')))
  const more = { allowImportingTsExtensions: true, noEmit: true, strict: true, customConditions: ['@speka/source'] }
  await writeFile(
    join(folder, 'tsconfig.json'),
    JSON.stringify({ compilerOptions: { ...compilerOptions, ...more }, include: ['nodes', 'credentials'] }),
  )
})

afterAll(() => rm(scratch, { recursive: true, force: true }))

const lint = () =>
  runProgram(process.execPath, [join(modules, '.bin', 'n8n-node'), 'lint'], {
    cwd: folder,
    env: { PATH: `${dirname(process.execPath)}:${process.env['PATH']}`, HOME: scratch },
    timeoutMs: 600_000,
  })

describe("n8n's own linter, in strict mode", () => {
  test('has nothing to say, not even a warning', async () => {
    const { code, stdout, stderr } = await lint()
    expect({ code, problems: /✖[^\n]*/.exec(stdout + stderr)?.[0] }).toEqual({ code: 0, problems: undefined })
  })

  test('would say something: it finds a timer', async () => {
    const file = join(folder, 'nodes/Speka/Speka.node.ts')
    const text = await readFile(file, 'utf8')
    await writeFile(file, `${text}\nsetTimeout(() => {}, 1)\n`)
    const { code, stdout } = await lint()
    await writeFile(file, text)
    expect(code).not.toBe(0)
    expect(stdout).toContain('no-restricted-globals')
  })
})

const withoutComments = (text: string): string => text.replaceAll(/^\s*\/\/.*$/gm, '')

/** The package that the nodes are written against. */
function manifestOf(name: string): string {
  const entry = createRequire(join(source, 'package.json')).resolve(name)
  return join(entry.slice(0, entry.lastIndexOf(`/node_modules/${name}/`)), 'node_modules', name, 'package.json')
}
