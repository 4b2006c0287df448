import type { CallMade } from '../translated/conversation.ts'

/**
 * Ids of tool calls as Anthropic takes them: only some signs, and none twice in a conversation. Other providers use others, and
 * some begin to count anew with every turn.
 */
export class CallIds {
  readonly #taken = new Set<string>()
  /** By the caller's id, the calls that bear it, and how many of them have a result. */
  readonly #open = new Map<string, { readonly ids: string[]; answered: number }>()

  /** The ids of the calls of one turn. */
  of(calls: readonly CallMade[]): string[] {
    for (const { id } of calls) this.#open.set(id, { ids: [], answered: 0 })
    return calls.map(({ id }) => {
      const own = this.#unlikeOthers(plain(id))
      this.#open.get(id)?.ids.push(own)
      return own
    })
  }

  /** The id of the call that a result answers. Of calls with one id, the first that has none yet. */
  answeredBy(id: string): string {
    const open = this.#open.get(id)
    if (open === undefined) return plain(id)
    const own = open.ids[Math.min(open.answered, open.ids.length - 1)]
    open.answered += 1
    return own ?? plain(id)
  }

  #unlikeOthers(id: string): string {
    let own = id
    for (let count = this.#taken.size; this.#taken.has(own); count += 1) own = `${id}_${count}`
    this.#taken.add(own)
    return own
  }
}

const plain = (id: string): string => id.replace(/[^\w-]/g, '_')
