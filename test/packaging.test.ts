import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { parseDocument } from 'yaml'
import { manifestIn, root, type Manifest } from './support/pack-packages.ts'
import { environmentOf, readDockerfile, readDockerignore, type Instruction } from './support/packaging-dockerfile.ts'

type Locked = {
  version?: string
  resolved?: string
  integrity?: string
  link?: boolean
  dev?: boolean
  license?: string
  hasInstallScript?: boolean
  dependencies?: Record<string, string>
  optionalDependencies?: Record<string, string>
}

/** What a package may need at most, and which licences its users can live with. */
const MOST_DEPENDENCIES = 12
const LICENCES = ['MIT', 'ISC', 'BSD-2-Clause', 'BSD-3-Clause', 'Apache-2.0', '0BSD']

const read = (file: string): string => readFileSync(join(root, file), 'utf8')
const lockfile = JSON.parse(read('package-lock.json')) as { lockfileVersion: number; packages: Record<string, Locked> }

const packages = readdirSync(join(root, 'packages'))
  .filter((folder) => existsSync(join(root, 'packages', folder, 'package.json')))
  .map((folder) => ({ folder, manifest: manifestIn(join('packages', folder)) }))
  .filter(({ manifest }) => manifest.private !== true)
  .map((each) => ({ ...each, name: each.manifest.name }))

test('npm start installs the versions that everything else is built with', () => {
  const { devDependencies: all = {} } = manifestIn('.')
  for (const [name, version] of Object.entries(manifestIn('scripts').devDependencies ?? {})) {
    expect(`${name} ${version}`).toBe(`${name} ${all[name]}`)
  }
})

test('npm start installs the types of whatever it builds with', () => {
  const { devDependencies: all = {} } = manifestIn('.')
  const installed = Object.keys(manifestIn('scripts').devDependencies ?? {})
  const taken = ['core', 'server', 'console'].flatMap((folder) => {
    const { dependencies = {}, peerDependencies = {} } = manifestIn(`packages/${folder}`)
    return Object.keys({ ...dependencies, ...peerDependencies }).map((name) => `@types/${name}`)
  })
  expect(taken.filter((name) => name in all && !installed.includes(name))).toEqual([])
})

describe.each(packages)('$name', ({ folder, manifest }) => {
  test('says what a registry shows: licence, source, Node, provenance', () => {
    expect(manifest).toMatchObject({
      license: 'MIT',
      engines: { node: '>=22.19' },
      repository: { url: manifestIn('.').repository?.url, directory: `packages/${folder}` },
      publishConfig: { access: 'public', provenance: true },
    })
    expect(read(`packages/${folder}/LICENSE`)).toBe(read('LICENSE'))
    expect(read(`packages/${folder}/README.md`)).toContain(`# ${manifest.name}\n`)
  })

  test('publishes what was built, and no source', () => {
    expect(manifest.files).toEqual(['dist'])
    for (const path of [...pathsIn(publicExports(manifest)), ...Object.values(manifest.bin ?? {})]) {
      expect(path).toMatch(/^(?:\.\/)?dist\/|^\.\/package\.json$/)
    }
  })

  test('is found from source inside this repository only', () => {
    for (const [entry, conditions] of Object.entries(manifest.exports ?? {})) {
      if (entry === './package.json') continue
      const [first, source] = Object.entries(conditions as Record<string, string>)[0] ?? []
      expect(first).toBe('@speka/source')
      expect(existsSync(join(root, 'packages', folder, source ?? ''))).toBe(true)
    }
  })

  test('runs nothing when it is installed', () => {
    const atInstallation = ['preinstall', 'install', 'postinstall', 'prepare']
    expect(Object.keys(manifest.scripts ?? {}).filter((name) => atInstallation.includes(name))).toEqual([])
  })

  test(`needs at most ${MOST_DEPENDENCIES} packages, each at one version`, () => {
    const versions = Object.entries(manifest.dependencies ?? {})
    expect(versions.length).toBeLessThanOrEqual(MOST_DEPENDENCIES)
    expect(versions.filter(([, version]) => !/^\d+\.\d+\.\d+$/.test(version))).toEqual([])
  })

  test('needs the other packages of this repository at the version they have', () => {
    for (const { name, manifest: other } of packages) {
      const wanted = manifest.dependencies?.[name]
      if (wanted !== undefined) expect({ name, wanted }).toEqual({ name, wanted: other.version })
    }
  })

  test('brings no package that runs something when it is installed', () => {
    expect(treeOf(manifest).filter(({ locked }) => locked.hasInstallScript === true)).toEqual([])
  })

  test('brings only packages of known content and licence', () => {
    for (const { path, locked } of treeOf(manifest)) {
      expect({ path, ...locked }).toMatchObject({ integrity: expect.stringMatching(/^sha512-/) })
      expect(locked.dev).toBeUndefined()
      expect(LICENCES).toContain(locked.license)
    }
  })
})

/** As many packages as the server brings today, of which 13 are those of its log. What is optional brings its own. */
const MOST_IN_SERVER = 18

test('the server brings no more packages than it did', () => {
  expect(treeOf(manifestIn('packages/server')).map(({ path }) => path).length).toBeLessThanOrEqual(MOST_IN_SERVER)
})

/** An entry for ES modules and one for CommonJS, each with its own types. */
const both = (name: string) => ({
  import: { types: `./dist/${name}.d.ts`, default: `./dist/${name}.js` },
  require: { types: `./dist/${name}.d.cts`, default: `./dist/${name}.cjs` },
})

/** What browsers, Workers and their like find. */
const overFetch = (name: string) => {
  const entry = { types: `./dist/edge/${name}.d.ts`, default: `./dist/edge/${name}.js` }
  return { workerd: entry, 'edge-light': entry, browser: entry }
}

describe('what a package exports', () => {
  test('core: itself, ./node and what our own packages need, for both kinds of modules, and for runtimes without Node', () => {
    const manifest = manifestIn('packages/core')
    expect(publicExports(manifest)).toEqual({
      '.': { ...overFetch('index'), ...both('index') },
      './node': { ...overFetch('edge'), ...both('node') },
      './internal': { ...overFetch('internal'), ...both('internal') },
      './internal/pricing': { ...overFetch('internal-pricing'), ...both('internal-pricing') },
      './package.json': './package.json',
    })
    expect(manifest).toMatchObject({ type: 'module', sideEffects: false })
  })

  test.each(['langchain', 'llamaindex'])(
    '%s: itself, for both kinds of modules, beside a framework of the user',
    (name) => {
      const manifest = manifestIn(`packages/${name}`)
      expect(publicExports(manifest)).toEqual({ '.': both('index'), './package.json': './package.json' })
      expect(manifest).toMatchObject({ type: 'module', sideEffects: false })
      expect(Object.keys(manifest.dependencies ?? {})).toEqual(['@speka/core'])
      expect(Object.keys(manifest.peerDependencies ?? {}).length).toBeGreaterThan(0)
    },
  )

  test('server: an ES module and the program speka', () => {
    const manifest = manifestIn('packages/server')
    expect(publicExports(manifest)).toEqual({
      '.': { types: './dist/index.d.ts', default: './dist/index.js' },
      './package.json': './package.json',
    })
    expect(manifest).toMatchObject({ type: 'module', bin: { speka: 'dist/main.js' } })
    expect(read('packages/server/src/main.ts').split('\n')[0]).toBe('#!/usr/bin/env node')
  })
})

describe('n8n-nodes-speka', () => {
  test('has nothing to import and nothing to install: n8n loads files, and refuses dependencies', () => {
    const manifest = manifestIn('packages/n8n-nodes-speka')
    expect(manifest).toMatchObject({ type: 'commonjs' })
    expect([manifest.main, manifest.exports, manifest.dependencies, manifest.bin]).toEqual(Array(4).fill(undefined))
  })

  test('is released with the core that it has inside', () => {
    const { fixed } = JSON.parse(read('.changeset/config.json')) as { fixed: string[][] }
    expect(fixed).toContainEqual(['@speka/core', 'n8n-nodes-speka'])
  })
})

describe('the lockfile', () => {
  const entries = Object.entries(lockfile.packages)

  test('names no registry', () => {
    expect(entries.filter(([, { resolved, link }]) => resolved !== undefined && link !== true)).toEqual([])
    expect(read('package-lock.json')).not.toMatch(/"resolved": "[a-z+]+:/)
  })

  test.each(packages)('knows $name as it is', ({ folder, manifest }) => {
    const { version, dependencies } = lockfile.packages[`packages/${folder}`] ?? {}
    expect({ version, dependencies }).toEqual({ version: manifest.version, dependencies: manifest.dependencies })
  })
})

describe('Dockerfile', () => {
  const stages = readDockerfile(read('Dockerfile'))
  const final = stages.at(-1)
  const lastOf = (name: string): Instruction | undefined => final?.instructions.findLast((each) => each.name === name)

  test('builds in stages, and the last one starts afresh', () => {
    expect(stages.length).toBeGreaterThan(1)
    expect(final?.base).toMatch(/^node:24(?:\.\d+)*-\S*slim$/)
    expect(stages.map(({ name }) => name)).not.toContain(final?.base)
    expect(final?.instructions.filter(({ name, flags }) => name === 'COPY' && flags['from'] === undefined)).toEqual([])
  })

  test('installs what the lockfile says, and for production without scripts', () => {
    const installations = runsOf('npm (?:ci|install|i)\\b')
    expect(installations.filter((command) => !command.startsWith('npm ci'))).toEqual([])
    expect(installations.at(-1)).toMatch(/--omit dev .*--ignore-scripts/)
    expect(runsOf('curl|wget|npx')).toEqual([])
  })

  test('does not run as root', () => {
    const [user = '', group = ''] = (lastOf('USER')?.text ?? '').split(':')
    expect(Number(user)).toBeGreaterThan(0)
    expect(Number(group)).toBeGreaterThan(0)
  })

  test('asks the server itself whether it is well, without another program', () => {
    const [kind, ...command] = lastOf('HEALTHCHECK')?.text.split(' ') ?? []
    expect(kind).toBe('CMD')
    expect(JSON.parse(command.join(' '))).toEqual(['node', '-e', expect.stringContaining('/healthz')])
  })

  test('starts Node itself, so that signals arrive', () => {
    expect(lastOf('ENTRYPOINT')?.words).toEqual(['node', '/app/packages/server/dist/main.js'])
    expect(lastOf('CMD')?.words).toEqual(['start'])
    expect(lastOf('STOPSIGNAL')?.text ?? 'SIGTERM').toBe('SIGTERM')
  })

  test('listens for others, on the port that it names, and writes to its volume', () => {
    const environment = environmentOf(final ?? { base: '', name: undefined, instructions: [] }, {})
    expect(environment).toMatchObject({
      NODE_ENV: 'production',
      SPEKA_HOST: '0.0.0.0',
      SPEKA_PORT: lastOf('EXPOSE')?.text,
    })
    expect(lastOf('VOLUME')?.text).toBe(environment['SPEKA_DATA_DIR'])
  })

  test('holds no secret', () => {
    expect(read('Dockerfile')).not.toMatch(/(?:_KEY|_TOKEN|_PEPPER|PASSWORD)\s*=/)
  })

  function runsOf(pattern: string): string[] {
    return stages
      .flatMap(({ instructions }) => instructions)
      .filter(({ name, text }) => name === 'RUN' && new RegExp(pattern).test(text))
      .map(({ text }) => text)
  }
})

describe('.dockerignore', () => {
  const ignored = readDockerignore(read('.dockerignore'))

  test.each([
    '.env',
    '.env.production',
    '.git/config',
    '.speka/pepper',
    'packages/server/.env',
    'node_modules/x/index.js',
  ])('keeps %s out', (path) => expect(ignored(path)).toBe(true))

  test.each([
    'packages/core/dist/index.js',
    'packages/core/node_modules/x.js',
    'README.md',
    'bench/results.md',
    'data.log',
  ])('does not need %s', (path) => expect(ignored(path)).toBe(true))

  test('lets in what the Dockerfile copies', () => {
    const copied = readDockerfile(read('Dockerfile'))
      .flatMap(({ instructions }) => instructions)
      .filter(({ name, flags }) => name === 'COPY' && flags['from'] === undefined)
      .flatMap(({ words }) => words.slice(0, -1))
    expect(copied).toContain('package-lock.json')
    for (const path of copied) {
      expect({ path, there: existsSync(join(root, path)), ignored: ignored(path) }).toEqual({
        path,
        there: true,
        ignored: false,
      })
    }
  })
})

describe('compose.yaml', () => {
  type Service = Record<string, unknown> & { environment: Record<string, string>; volumes: string[]; ports: string[] }
  const { services, volumes } = parseDocument(read('compose.yaml')).toJS() as {
    services: { speka: Service }
    volumes: Record<string, unknown>
  }
  const { speka } = services

  test('can write to its volume and to a temporary folder, and can do nothing else', () => {
    expect(speka).toMatchObject({
      read_only: true,
      cap_drop: ['ALL'],
      security_opt: ['no-new-privileges:true'],
      tmpfs: [expect.stringMatching(/^\/tmp:/)],
    })
    expect(speka).not.toHaveProperty('privileged')
    const [volume = '', place] = speka.volumes[0]?.split(':') ?? []
    expect(Object.keys(volumes)).toContain(volume)
    expect(place).toBe(speka.environment['SPEKA_DATA_DIR'])
  })

  test('opens its port to this machine only, and starts without a file of keys', () => {
    expect(speka.ports).toEqual([expect.stringMatching(/^127\.0\.0\.1:/)])
    expect(speka['env_file']).toEqual([{ path: '.env', required: false }])
  })
})

describe('the release', () => {
  const workflow = parseDocument(read('.github/workflows/release.yml')).toJS() as {
    permissions: object
    jobs: Record<
      string,
      { permissions?: Record<string, string>; environment?: string; steps: { uses?: string; run?: string }[] }
    >
  }
  const jobs = Object.values(workflow.jobs)

  test('uses actions at one commit each', () => {
    const uses = jobs.flatMap(({ steps }) => steps.flatMap((step) => step.uses ?? []))
    expect(uses.filter((action) => !/^[\w-]+\/[\w/-]+@[0-9a-f]{40}$/.test(action))).toEqual([])
  })

  test('lets one job sign, in which no suite installs the software of others', () => {
    expect(workflow.permissions).toEqual({})
    const signing = jobs.filter(({ permissions }) => permissions?.['id-token'] === 'write')
    expect(signing).toHaveLength(1)
    expect(signing[0]?.environment).toBe('release')
    expect(signing[0]?.steps.map(({ run }) => run)).not.toContain('.ci/run')
    expect(jobs.flatMap(({ steps }) => steps.map(({ run }) => run))).toContain('.ci/run')
  })

  test('has no stored token', () => {
    expect(read('.github/workflows/release.yml')).not.toMatch(/NPM_TOKEN|NODE_AUTH_TOKEN|secrets\.(?!GITHUB_TOKEN)/)
  })
})

/** What is left of the exports for those who do not ask for the source. */
function publicExports({ exports = {} }: Manifest): Record<string, unknown> {
  return Object.fromEntries(
    Object.entries(exports).map(([entry, target]) => {
      if (typeof target !== 'object' || target === null) return [entry, target]
      const { '@speka/source': _source, ...conditions } = target as Record<string, unknown>
      return [entry, conditions]
    }),
  )
}

function pathsIn(value: unknown): string[] {
  if (typeof value === 'string') return [value]
  return Object.values(value ?? {}).flatMap(pathsIn)
}

/** Every package that is installed with this one, as the lockfile has it; ours are walked through, not listed. */
function treeOf({ dependencies = {} }: Pick<Manifest, 'dependencies'>): { path: string; locked: Locked }[] {
  const found = new Map<string, Locked>()
  const walk = (names: Record<string, string>, from: string): void => {
    for (const name of Object.keys(names)) {
      const path = [`${from}/node_modules/${name}`, `node_modules/${name}`].find((place) => place in lockfile.packages)
      const locked = path === undefined ? undefined : lockfile.packages[path]
      if (path === undefined || locked === undefined)
        throw new Error(`${name}, which ${from} needs, is not in the lockfile.`)
      if (found.has(path)) continue
      if (locked.link === true) {
        walk(lockfile.packages[locked.resolved ?? '']?.dependencies ?? {}, locked.resolved ?? '')
        continue
      }
      found.set(path, locked)
      walk({ ...locked.dependencies, ...locked.optionalDependencies }, path)
    }
  }
  walk(dependencies, '')
  return [...found].map(([path, locked]) => ({ path, locked }))
}
