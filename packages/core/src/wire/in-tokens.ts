import { SpekaError } from '../errors.ts'

/** Turns tokens of OpenAI's `cl100k_base` into text. It is megabytes large, so whoever wants it brings it. */
export interface Tokenizer {
  /** @throws when a token is none. */
  decode(tokens: readonly number[]): string
}

/**
 * A request that came in tokens, read but for what they say. Who spells them out may take its time for it, and look first
 * whether the caller may use the model at all.
 */
export class InTokens<Made> {
  readonly model: string
  /** Which field of the request they are. */
  readonly field: 'input' | 'prompt'
  readonly lists: readonly (readonly number[])[]
  readonly #spelled: (texts: readonly string[]) => Made

  constructor(
    model: string,
    field: 'input' | 'prompt',
    lists: readonly (readonly number[])[],
    spelled: (texts: readonly string[]) => Made,
  ) {
    this.model = model
    this.field = field
    this.lists = lists
    this.#spelled = spelled
  }

  /**
   * The request with a text in the place of each list.
   *
   * @throws SpekaError `invalid_value` when it makes no sense of one.
   */
  spelled(texts: readonly string[]): Made {
    return this.#spelled(texts)
  }

  /** The same request, made into something else once it is spelled out. */
  map<Next>(next: (made: Made) => Next): InTokens<Next> {
    return new InTokens(this.model, this.field, this.lists, (texts) => next(this.#spelled(texts)))
  }

  /** Where a list stands in the request. */
  place(index: number): string {
    return this.field === 'prompt' ? this.field : `${this.field}[${index}]`
  }

  /** What to say of a list with a number that is no token. */
  noToken(index: number, cause?: unknown): SpekaError {
    const param = this.place(index)
    const message = `"${param}" holds a number that is no token of cl100k_base. Send text.`
    return new SpekaError('invalid_value', message, { param, cause })
  }
}

/**
 * Spells out what came in tokens, at once; anything else is as it was.
 *
 * @throws SpekaError `unsupported_parameter` without a tokenizer, `invalid_value` for a number that is no token.
 */
export function spellOut<Made extends object>(read: Made | InTokens<Made>, tokenizer: Tokenizer | undefined): Made {
  if (!(read instanceof InTokens)) return read
  if (tokenizer === undefined) {
    const message = `"${read.field}" holds tokens, which cannot be read here. Send text.`
    throw new SpekaError('unsupported_parameter', message, { param: read.field })
  }
  return read.spelled(
    read.lists.map((tokens, index) => {
      try {
        return tokenizer.decode(tokens)
      } catch (cause) {
        throw read.noToken(index, cause)
      }
    }),
  )
}
