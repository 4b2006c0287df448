// `npm run lockfile`: writes into the lockfile the packages of other platforms that npm left out of it.
//
// npm drops an optional dependency it could not fetch or did not need on this machine (https://github.com/npm/cli/issues/4828), and
// then `npm ci` refuses the lockfile elsewhere. Their versions are exact in the packages that ask for them, and their platform is
// in their names, so they can be put back. Run it after changing a dependency; it changes nothing in a complete lockfile.
import { readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { root } from './prepare.mjs'

/**
 * @typedef {object} Entry
 * @property {string} [version]
 * @property {boolean} [dev]
 * @property {boolean} [optional]
 * @property {string[]} [os]
 * @property {string[]} [cpu]
 * @property {string[]} [libc]
 * @property {Record<string, string>} [optionalDependencies]
 */

const systems = ['aix', 'android', 'darwin', 'freebsd', 'linux', 'netbsd', 'openbsd', 'openharmony', 'sunos', 'win32']
const processors = ['arm', 'arm64', 'ia32', 'loong64', 'mips64el', 'ppc64', 'riscv64', 's390x', 'wasm32', 'x64']

/** Where a name says it in other words. */
const synonyms = { windows: 'win32', 64: 'x64', armv7: 'arm', wasm: 'wasm32' }

const file = join(root, 'package-lock.json')
const lockfile = JSON.parse(readFileSync(file, 'utf8'))
/** @type {Record<string, Entry>} */
const packages = lockfile.packages

let added = 0
for (const [path, parent] of Object.entries(packages)) {
  for (const [name, version] of Object.entries(parent.optionalDependencies ?? {})) {
    if (!/^\d+\.\d+\.\d+/.test(version) || isThere(path, name)) continue
    const shared = `node_modules/${name}`
    packages[shared in packages ? `${path}/${shared}` : shared] = entryFor(name, version, parent)
    added += 1
  }
}

if (added > 0) {
  const sorted = Object.entries(packages).toSorted(([a], [b]) => a.localeCompare(b, 'en'))
  lockfile.packages = Object.fromEntries(sorted)
  writeFileSync(file, `${JSON.stringify(lockfile, null, 2)}\n`)
}
console.log(`${added} packages of other platforms added to the lockfile.`)

/**
 * Whether Node's way up the folders finds the package.
 *
 * @param {string} path
 * @param {string} name
 */
function isThere(path, name) {
  const parts = path.split('/node_modules/')
  const folders = parts.map((_, depth) => parts.slice(0, depth + 1).join('/node_modules/'))
  return [...folders.map((folder) => `${folder}/node_modules/${name}`), `node_modules/${name}`].some(
    (place) => place in packages,
  )
}

/**
 * @param {string} name
 * @param {string} version
 * @param {Entry} parent
 * @returns {Entry}
 */
function entryFor(name, version, parent) {
  const words = name.split(/[/-]/).map((word) => synonyms[/** @type {keyof typeof synonyms} */ (word)] ?? word)
  const os = words.filter((word) => systems.includes(word))
  const cpu = words.filter((word) => processors.includes(word))
  const libc = words.some((word) => word.startsWith('gnu')) ? ['glibc'] : words.includes('musl') ? ['musl'] : []
  return {
    version,
    ...(cpu.length > 0 && { cpu }),
    ...(parent.dev === true && { dev: true }),
    ...(libc.length > 0 && { libc }),
    optional: true,
    ...(os.length > 0 && { os }),
  }
}
