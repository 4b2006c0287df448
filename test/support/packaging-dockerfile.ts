/** One instruction of a Dockerfile. */
export interface Instruction {
  /** `FROM`, `COPY`, in capitals. */
  readonly name: string
  /** `--from=build` as `{ from: 'build' }`. */
  readonly flags: Readonly<Record<string, string>>
  /** What follows, on one line. */
  readonly text: string
  /** The words of it: of the JSON list where it is one. */
  readonly words: readonly string[]
  readonly line: number
}

export interface Stage {
  readonly base: string
  readonly name: string | undefined
  readonly instructions: readonly Instruction[]
}

/**
 * Reads a Dockerfile that uses no heredocs and no escapes but the one at the end of a line.
 *
 * @see https://docs.docker.com/reference/dockerfile/
 */
export function readDockerfile(source: string): Stage[] {
  const stages: { base: string; name: string | undefined; instructions: Instruction[] }[] = []
  for (const instruction of instructionsOf(source)) {
    if (instruction.name === 'FROM') {
      const [base = '', as, name] = instruction.words
      if (as !== undefined && as.toUpperCase() !== 'AS') throw new Error(`Line ${instruction.line}: not a FROM.`)
      stages.push({ base, name, instructions: [] })
      continue
    }
    const stage = stages.at(-1)
    if (stage === undefined) throw new Error(`Line ${instruction.line}: ${instruction.name} stands before any FROM.`)
    stage.instructions.push(instruction)
  }
  return stages
}

function instructionsOf(source: string): Instruction[] {
  const instructions: Instruction[] = []
  let pending: { text: string; line: number } | undefined
  for (const [index, raw] of source.split('\n').entries()) {
    const line = raw.trim()
    if (line.startsWith('#') || (line === '' && pending === undefined)) continue
    const text: string = pending === undefined ? line : `${pending.text} ${line}`
    const from = pending?.line ?? index + 1
    if (line.endsWith('\\')) {
      pending = { text: text.slice(0, -1).trimEnd(), line: from }
      continue
    }
    pending = undefined
    instructions.push(instructionOf(text, from))
  }
  return instructions
}

const known = new Set(
  'FROM RUN CMD ENTRYPOINT COPY ADD ENV ARG LABEL EXPOSE VOLUME USER WORKDIR STOPSIGNAL HEALTHCHECK SHELL ONBUILD'.split(
    ' ',
  ),
)

function instructionOf(source: string, line: number): Instruction {
  const [, name = '', rest = ''] = /^(\S+)\s*(.*)$/.exec(source) ?? []
  if (!known.has(name)) throw new Error(`Line ${line}: there is no instruction ${name}.`)
  const flags: Record<string, string> = {}
  let text = rest
  for (let flag = nextFlag(text); flag !== null; flag = nextFlag(text)) {
    flags[flag[1] ?? ''] = flag[2] ?? ''
    text = text.slice(flag[0].length)
  }
  return { name, flags, text, words: wordsOf(text), line }
}

const nextFlag = (text: string): RegExpExecArray | null => /^--([\w-]+)(?:=(\S+))?\s+/.exec(text)

/** A list in JSON is taken word for word; everything else is cut at its spaces. */
function wordsOf(text: string): string[] {
  if (text.startsWith('[')) return JSON.parse(text) as string[]
  return text.split(/\s+/).filter((word) => word !== '')
}

/** The variables that the `ENV` lines of a stage set, in order. `$NAME` stands for what came before, or for `outer`. */
export function environmentOf(stage: Stage, outer: NodeJS.ProcessEnv): Record<string, string> {
  const environment: Record<string, string> = {}
  for (const { name, words } of stage.instructions) {
    if (name !== 'ENV') continue
    for (const word of words) {
      const [key = '', ...value] = word.split('=')
      environment[key] = value
        .join('=')
        .replaceAll(/\$(\w+)/g, (_, other: string) => environment[other] ?? outer[other] ?? '')
    }
  }
  return environment
}

/**
 * Says of a path whether it is kept out of the build.
 *
 * @see https://docs.docker.com/build/concepts/context/#dockerignore-files
 */
export function readDockerignore(source: string): (path: string) => boolean {
  const rules = source
    .split('\n')
    .map((line) => line.trim())
    .filter((line) => line !== '' && !line.startsWith('#'))
    .map((line) => ({ keep: line.startsWith('!'), pattern: patternOf(line.replace(/^!/, '')) }))
  // The last rule that names the path, or a folder it is in, decides.
  return (path) => rules.reduce((ignored, { keep, pattern }) => (pattern.test(path) ? !keep : ignored), false)
}

function patternOf(glob: string): RegExp {
  const source = glob
    .replace(/^\/|\/$/g, '')
    .split(/(\*\*\/|\*\*|\*|\?)/)
    .map(
      (part) =>
        ({ '**/': '(?:.*/)?', '**': '.*', '*': '[^/]*', '?': '[^/]' })[part] ??
        part.replaceAll(/[.+^${}()|[\]\\]/g, '\\$&'),
    )
    .join('')
  return new RegExp(`^${source}(?:/|$)`)
}
