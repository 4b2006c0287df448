import { readFileSync } from 'node:fs'
import { LineCounter, parseDocument, type Document } from 'yaml'
import type { z } from 'zod'
import { ConfigError } from './config-error.ts'
import { configSchema, type ConfigFile } from './config-schema.ts'
import { hideSecrets } from './hide-secrets.ts'
import type { Variables } from './settings.ts'

/** A value that waits for a variable. */
export interface UnsetVariable {
  readonly path: readonly PropertyKey[]
  readonly variable: string
}

/** A read configuration file. */
export interface ConfigFileRead {
  readonly file: ConfigFile
  /** Where `${NAME}` asks a provider's field for a variable that is not set. Elsewhere that is an error. */
  readonly unset: readonly UnsetVariable[]
  /** Where a path stands, for messages: `speka.yaml:12`. */
  readonly lineOf: (path: readonly PropertyKey[]) => string
}

/**
 * Reads a configuration file, YAML or JSON, and fills in `${NAME}` from the environment.
 *
 * @throws ConfigError
 */
export function readConfigFile(path: string, variables: Variables): ConfigFileRead {
  return parseConfig(readText(path), path, variables)
}

/** The same for a text that is already in memory. */
export function parseConfig(text: string, path: string, variables: Variables): ConfigFileRead {
  const lines = new LineCounter()
  const document = parseDocument(text, { lineCounter: lines, prettyErrors: false })
  const [syntaxError] = document.errors
  if (syntaxError !== undefined) {
    throw new ConfigError([
      `${path}:${lines.linePos(syntaxError.pos[0]).line} is not valid YAML: ${hideSecrets(syntaxError.message)}`,
    ])
  }
  const lineOf = (at: readonly PropertyKey[]): string => `${path}:${lineIn(document, lines, at)}`
  const unset: UnsetVariable[] = []
  const filled = fill(withoutEmptySections(valueOf(document, path)), variables, [], unset)
  const result = configSchema.safeParse(filled)
  const problems = [
    ...unset.filter(({ path: at }) => !isProviderField(at)).map((one) => describeUnset(one, lineOf)),
    ...(result.error?.issues ?? [])
      .filter((issue) => !unset.some(({ path: at }) => pathText(at) === pathText(issue.path)))
      .flatMap((issue) => describe(issue, lineOf)),
  ]
  if (problems.length > 0 || !result.success) throw new ConfigError(problems)
  return { file: result.data, unset, lineOf }
}

/** An anchor that is missing, or used so often that it would fill the memory, shows only here. */
function valueOf(document: Document, path: string): unknown {
  try {
    return document.toJS() ?? {}
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error)
    throw new ConfigError([`${path}:1 is not valid YAML: ${hideSecrets(reason)}`])
  }
}

/** A section of which every line is commented out reads as null. */
function withoutEmptySections(value: unknown): unknown {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return value
  return Object.fromEntries(Object.entries(value).filter(([, section]) => section !== null))
}

const isProviderField = ([section, , field]: readonly PropertyKey[]): boolean =>
  section === 'providers' && (field === 'api_key' || field === 'base_url' || field === 'identity')

const describeUnset = ({ path, variable }: UnsetVariable, lineOf: ConfigFileRead['lineOf']): string =>
  `${lineOf(path)} ${pathText(path)}: needs the environment variable ${hideSecrets(variable)}, which is not set`

function readText(path: string): string {
  try {
    return readFileSync(path, 'utf8')
  } catch (error) {
    const reason = (error as NodeJS.ErrnoException).code === 'ENOENT' ? 'does not exist' : 'cannot be read'
    throw new ConfigError([`The configuration file ${path} ${reason}.`])
  }
}

/** One line for each problem; an unknown field is named with its own line. */
function describe(issue: z.core.$ZodIssue, lineOf: ConfigFileRead['lineOf']): string[] {
  if (issue.code === 'unrecognized_keys') {
    return issue.keys.map(
      (key) => `${lineOf([...issue.path, key])} ${pathText([...issue.path, key])}: is not a known field`,
    )
  }
  const message = issue.message.startsWith('Invalid input: ')
    ? `must be ${issue.message.slice('Invalid input: expected '.length)}`
    : issue.message
  return [`${lineOf(issue.path)} ${pathText(issue.path)}: ${message}`]
}

/** `models."acme/fast".price.input`, for people: without what may be a key in the wrong place. */
export function pathText(path: readonly PropertyKey[]): string {
  let text = ''
  for (const part of path) {
    if (typeof part === 'number') text += `[${part}]`
    else {
      const name = String(part)
      const shown = hideSecrets(name)
      text += `${text === '' ? '' : '.'}${/^[\w-]+$/.test(shown) ? shown : JSON.stringify(shown)}`
    }
  }
  return text === '' ? 'the file' : text
}

/** The line of the deepest part of `path` that the file has. */
function lineIn(document: Document, lines: LineCounter, path: readonly PropertyKey[]): number {
  for (let length = path.length; length > 0; length -= 1) {
    const parent: unknown = length === 1 ? document.contents : document.getIn(path.slice(0, length - 1))
    const offset = keyOffset(parent, path[length - 1])
    if (offset !== undefined) return lines.linePos(offset).line
  }
  return 1
}

interface Positioned {
  readonly range?: readonly [number, ...number[]] | null
}

function keyOffset(parent: unknown, key: PropertyKey | undefined): number | undefined {
  const items = (parent as { items?: unknown } | null | undefined)?.items
  if (!Array.isArray(items)) return undefined
  if (typeof key === 'number') return (items[key] as Positioned | undefined)?.range?.[0]
  const pair = items.find((item: { key?: { value?: unknown } }) => String(item.key?.value) === String(key)) as
    | { key?: Positioned }
    | undefined
  return pair?.key?.range?.[0]
}

/** Stands in for an address that waits for a variable, so that the rest of the provider can be checked. */
const UNSET_ADDRESS = 'http://not-set.invalid'

function fill(value: unknown, variables: Variables, path: readonly PropertyKey[], unset: UnsetVariable[]): unknown {
  if (typeof value === 'string') return fillText(value, variables, path, unset)
  if (Array.isArray(value)) return value.map((item, index) => fill(item, variables, [...path, index], unset))
  if (typeof value !== 'object' || value === null) return value
  return Object.fromEntries(
    Object.entries(value).map(([key, inner]) => [key, fill(inner, variables, [...path, key], unset)]),
  )
}

function fillText(text: string, variables: Variables, path: readonly PropertyKey[], unset: UnsetVariable[]): string {
  const before = unset.length
  const filled = text.replace(/\$\{(\w+)\}/g, (_, variable: string) => {
    const found = variables[variable] ?? ''
    if (found === '') unset.push({ path, variable })
    return found
  })
  return unset.length > before && path[0] === 'providers' && path[2] === 'base_url' ? UNSET_ADDRESS : filled
}
