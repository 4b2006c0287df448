import { SpekaError } from '@speka/core'
import type { IssuedInvoice } from '../store/invoices.ts'
import { handOver, isReachable, type HandedOver } from './hand-over.ts'
import type { PaymentParts } from './payment-parts.ts'

/** How many invoices are read at once, and how many are handed over at once. */
const PAGE = 50
const AT_ONCE = 4

/** What became of an invoice that was to be handed over; `failed`: it is tried again. */
export interface HandOverResult {
  readonly invoice: string
  readonly account: string
  readonly state: HandedOver
  /** Why it could not be handed over now. */
  readonly trouble: string | undefined
}

/** Which invoices are to be handed over. */
export interface HandOverQuery {
  /** `YYYY-MM`: only those of this month. */
  readonly month?: string | undefined
  /** `YYYY-MM`: none of the months before this one. */
  readonly firstMonth?: string | undefined
  /** Only those behind this number. */
  readonly after?: string | undefined
  /** Asked before each of them: whether to go on. */
  readonly goesOn?: (() => boolean) | undefined
}

/** Hands over every issued invoice that is not yet, and tells what became of each. One that fails holds up no other. */
export async function* handOverAll(
  parts: PaymentParts,
  { month, firstMonth = '', after, goesOn = () => true }: HandOverQuery,
): AsyncGenerator<HandOverResult> {
  for (let behind = after; ;) {
    const page = await parts.invoices.list({ month, after: behind, limit: PAGE })
    const wanted = page.filter((invoice) => invoice.month >= firstMonth)
    for (let at = 0; at < wanted.length && goesOn(); at += AT_ONCE)
      yield* await Promise.all(wanted.slice(at, at + AT_ONCE).map((invoice) => handOverOne(parts, invoice)))
    behind = page.at(-1)?.number
    if (page.length < PAGE || !goesOn()) return
  }
}

async function handOverOne(parts: PaymentParts, invoice: IssuedInvoice): Promise<HandOverResult> {
  const { number, account } = invoice
  try {
    return { invoice: number, account, state: await handOver(parts, invoice), trouble: undefined }
  } catch (error) {
    // Of the code's own faults the log has to have all.
    if (!SpekaError.is(error)) throw error
    return { invoice: number, account, state: 'pending', trouble: error.message }
  }
}

/**
 * What a process that runs on remembers of invoices: it looks at each new one, and again at those that could not be handed
 * over.
 */
export class HandOvers {
  /** The last number that was looked at. */
  #seen: string | undefined
  /** By number, those that are still to be handed over, and whose they are. */
  readonly #left = new Map<string, HandOverResult>()

  /** @returns what is told of it: each trouble once, until it is another */
  async round(parts: PaymentParts, query: Pick<HandOverQuery, 'firstMonth' | 'goesOn'>): Promise<HandOverResult[]> {
    const told: HandOverResult[] = []
    for (const before of this.#left.values()) {
      if (query.goesOn?.() === false) return told
      if (await this.#isHopeless(parts, before)) continue
      const invoice = await parts.invoices.find(before.invoice)
      if (invoice !== undefined) this.#note(await handOverOne(parts, invoice), told)
    }
    for await (const result of handOverAll(parts, { ...query, after: this.#seen })) {
      this.#note(result, told)
      this.#seen = result.invoice
    }
    return told
  }

  /** Nobody has come to be known since it was looked at last. */
  async #isHopeless({ registry }: PaymentParts, { state, account }: HandOverResult): Promise<boolean> {
    if (state !== 'unreachable') return false
    const kept = await registry.get('account', account)
    return kept === undefined || !isReachable(kept.record)
  }

  #note(result: HandOverResult, told: HandOverResult[]): void {
    const before = this.#left.get(result.invoice)
    if (result.state === 'pending' || result.state === 'unreachable') this.#left.set(result.invoice, result)
    else this.#left.delete(result.invoice)
    if (before?.trouble !== result.trouble || before?.state !== result.state) told.push(result)
  }
}
