import type { ToolCall } from '@speka/core'
import type { CarriedFields } from '@speka/core/internal'

/** What the model wants back with a turn in which it called tools. */
export interface RememberedTurn {
  readonly reasoning?: string | undefined
  readonly carried: CarriedFields
  /** What the call itself came with. */
  readonly call: Readonly<Record<string, unknown>>
}

/** Turns that are remembered at the most: the eldest are forgotten first. */
const MOST_TURNS = 1000

/**
 * LlamaIndex's agents and `streamExec` write the model's turn anew, with nothing but the name, id and input of its calls.
 * What else such a turn came with is kept here by its calls, to go back with them.
 */
export class TurnMemory {
  readonly #turns = new Map<string, RememberedTurn>()

  /** Keeps what a call of the model came with, if there is anything to keep. */
  remember(call: ToolCall, turn: RememberedTurn): void {
    const isBare = turn.reasoning === undefined && [turn.carried, turn.call].every(isEmpty)
    const name = nameOf(call)
    if (isBare || name === undefined) return
    this.#turns.delete(name)
    this.#turns.set(name, turn)
    const [eldest] = this.#turns.keys()
    if (this.#turns.size > MOST_TURNS && eldest !== undefined) this.#turns.delete(eldest)
  }

  /** What that very call came with: ids alone are not enough, since some upstreams repeat theirs. */
  recall(call: ToolCall): RememberedTurn | undefined {
    const name = nameOf(call)
    return name === undefined ? undefined : this.#turns.get(name)
  }
}

const isEmpty = (fields: object): boolean => Object.keys(fields).length === 0

/** The call with its arguments as JSON writes them, however they were spaced. */
function nameOf({ id, function: { name, arguments: text } }: ToolCall): string | undefined {
  try {
    return JSON.stringify([id, name, JSON.parse(text === '' ? '{}' : text)])
  } catch {
    return undefined
  }
}
