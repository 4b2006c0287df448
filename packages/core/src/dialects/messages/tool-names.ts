import { createHash } from 'node:crypto'

/** OpenAI refuses a longer name of a function, and so do most behind its API; Anthropic takes 128 letters. */
const LONGEST_NAME = 64
const HASH_LETTERS = 8

/**
 * The names of a request's tools, no longer than chat takes them. Each becomes the same in every request of a conversation, and no two become
 * one.
 */
export class ToolNames {
  readonly #short = new Map<string, string>()
  readonly #own = new Map<string, string>()

  /** @param names all that there are, in the order of the request. */
  constructor(names: Iterable<string>) {
    const all = new Set(names)
    for (const name of all) {
      if (name.length <= LONGEST_NAME) continue
      const short = shortened(name, (made) => all.has(made) || this.#own.has(made))
      this.#short.set(name, short)
      this.#own.set(short, name)
    }
  }

  /** The name that a model is told. */
  forModel(name: string): string {
    return this.#short.get(name) ?? name
  }

  /** The name that the caller knows, by the one that a model calls. */
  forCaller(name: string): string {
    return this.#own.get(name) ?? name
  }
}

function shortened(name: string, isTaken: (made: string) => boolean): string {
  const head = name.slice(0, LONGEST_NAME - HASH_LETTERS - 1)
  for (let round = 0; ; round += 1) {
    const hash = createHash('sha256').update(`${round}${name}`).digest('hex').slice(0, HASH_LETTERS)
    const made = `${head}_${hash}`
    if (!isTaken(made)) return made
  }
}
