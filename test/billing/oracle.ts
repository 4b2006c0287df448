import { decimal, minus, nearestEven, plus, times, whole, zero, type Fraction } from './fraction.ts'

/** Pico-dollars to the dollar, and to the cent. */
const DOLLAR = 1_000_000_000_000n
const CENT = DOLLAR / 100n

/** A plan, as a customer reads it. */
export interface PlanSaid {
  readonly name: string
  readonly fee: string
  readonly included: string
  readonly stops: boolean
}

/** What one request used and cost: how much of each unit is charged, and what one of it costs in pico-dollars. */
export interface RequestSeen {
  readonly account: string
  readonly key: string
  readonly model: string
  /** Arrival, and when it was put on record, in ms since the epoch. */
  readonly at: number
  readonly settledAt: number
  readonly isTest: boolean
  readonly charged: readonly { readonly unit: string; readonly quantity: bigint; readonly rate: bigint }[]
}

/** Credit, as it was granted. */
export interface GrantSeen {
  readonly id: string
  readonly account: string
  readonly amount: bigint
  readonly priority: number
  readonly from: number
  readonly expiresAt?: number | undefined
  readonly createdAt: number
  revokedAt?: number | undefined
}

export interface AdjustmentSeen {
  readonly account: string
  readonly at: number
  readonly kind: 'usage' | 'amount'
  readonly amount: bigint
}

/** An account as it was made, and on which plans it was put when. */
export interface AccountSeen {
  readonly id: string
  readonly createdAt: number
  readonly country?: string | undefined
  readonly taxId?: string | undefined
  /** Each change that was asked for, in order; the first is that of its making. */
  readonly asked: { readonly plan: string; readonly at: number }[]
}

/** What an invoice must come to, in pico-dollars, but for the last three, in cents. */
export interface Expected {
  readonly fee: bigint
  /** By key, model and unit. */
  readonly usage: ReadonlyMap<string, { readonly quantity: bigint; readonly amount: bigint }>
  readonly usageSum: bigint
  readonly late: ReadonlyMap<string, bigint>
  readonly adjustments: bigint
  readonly allowance: bigint
  /** By grant: what is spent of it. */
  readonly credits: ReadonlyMap<string, bigint>
  readonly netExact: bigint
  readonly netCents: bigint
  readonly taxCents: bigint
  readonly totalCents: bigint
}

export interface Tax {
  readonly country: string
  readonly percent: string
  readonly reverseCharge: boolean
}

/**
 * What invoices must say, reckoned from all that happened and from nothing that the gateway keeps: by the rules of
 * docs/billing.md, with fractions, and one row after the other.
 */
export class Oracle {
  /** Each as it was said, from when on; the first from the beginning. */
  readonly #plans = new Map<string, { readonly plan: PlanSaid; readonly from: number }[]>()
  readonly #taxes: readonly Tax[]
  readonly accounts = new Map<string, AccountSeen>()
  readonly grants: GrantSeen[] = []
  readonly #requests = new Map<string, RequestSeen[]>()
  readonly #adjustments: (AdjustmentSeen & { month: string })[] = []
  /** When each month was closed. */
  readonly #closed = new Map<string, number>()
  readonly #spent = new Map<string, bigint>()
  /** Rows that are on an invoice. */
  readonly #billed = new Set<RequestSeen>()
  readonly #known = new Map<string, Expected | undefined>()

  constructor(plans: readonly PlanSaid[], taxes: readonly Tax[]) {
    for (const plan of plans) this.planBecomes(plan, 0)
    this.#taxes = taxes
  }

  /** A plan is another from a moment on. */
  planBecomes(plan: PlanSaid, from: number): void {
    this.#plans.set(plan.name, [...(this.#plans.get(plan.name) ?? []), { plan, from }])
  }

  /** The plan of a name as it was at a moment. */
  planOf(name: string, at: number): PlanSaid | undefined {
    return this.#plans.get(name)?.findLast(({ from }) => from <= at)?.plan
  }

  request(request: RequestSeen): void {
    const place = `${request.account} ${monthOf(request.at)}`
    const there = this.#requests.get(place)
    if (there === undefined) this.#requests.set(place, [request])
    else there.push(request)
  }

  /** Those of an account and month, live and on record by a moment. */
  requestsOf(account: string, month: string, by: number): readonly RequestSeen[] {
    return (this.#requests.get(`${account} ${month}`) ?? []).filter(
      ({ isTest, settledAt }) => !isTest && settledAt < by,
    )
  }

  adjust(adjustment: AdjustmentSeen): void {
    let month = monthOf(adjustment.at)
    while (this.#closed.has(month)) month = nextMonth(month)
    this.#adjustments.push({ ...adjustment, month })
  }

  /**
   * Closes a month: what is on record by then is on its invoices. An earlier month of which an account has none yet gets one as
   * well, if there is something for it by now. The months before must be closed.
   */
  close(month: string, at: number): void {
    this.#closed.set(month, at)
    for (const account of this.accounts.keys())
      for (const one of this.#closed.keys()) {
        const place = `${account} ${one}`
        if (this.#known.get(place) !== undefined) continue
        const expected = this.#reckon(account, one, at)
        this.#known.set(place, expected)
        for (const [grant, spent] of expected?.credits ?? [])
          this.#spent.set(grant, (this.#spent.get(grant) ?? 0n) + spent)
      }
  }

  /** The invoice of a month that was closed; `undefined`: there is none. */
  expected = (account: string, month: string): Expected | undefined => this.#known.get(`${account} ${month}`)

  #reckon(id: string, month: string, at: number): Expected | undefined {
    const account = this.accounts.get(id)
    const [from, until] = [startOf(month), startOf(nextMonth(month))]
    if (account === undefined || account.createdAt >= until) return undefined
    const { fee, allowance } = this.#terms(account, from, until)
    const rows = this.requestsOf(id, month, at)
    const late = this.#lateOf(id, month, at)
    const mine = this.#adjustments.filter((one) => one.account === id && one.month === month)
    for (const row of rows) this.#billed.add(row)
    const usageSum = sum(rows.map(costOf))
    const ofUsage = sum(mine.filter(({ kind }) => kind === 'usage').map(({ amount }) => amount))
    const adjustments = sum(mine.map(({ amount }) => amount))
    const paid = this.#pay(id, from, until, allowance, rows, sum([...late.values()]) + ofUsage)
    const netExact =
      fee + usageSum + sum([...late.values()]) + adjustments - paid.allowance - sum([...paid.credits.values()])
    if (fee === 0n && usageSum === 0n && late.size === 0 && mine.length === 0) return undefined
    const netCents = nearestEven({ of: netExact, by: CENT })
    const taxCents = this.#tax(account, netCents)
    return {
      fee,
      usage: byLine(rows),
      usageSum,
      late,
      adjustments,
      ...paid,
      netExact,
      netCents,
      taxCents,
      totalCents: netCents + taxCents,
    }
  }

  /** The fee and the allowance of a month, each part of it by the plan in force in it. */
  #terms(account: AccountSeen, from: number, until: number): { fee: bigint; allowance: bigint } {
    let [fee, allowance, stops] = [0n, 0n, 0n]
    const turns = this.#turnsOf(account)
    for (const [index, { plan: name, at }] of turns.entries()) {
      const [begin, end] = [Math.max(at, from), Math.min(turns[index + 1]?.at ?? until, until)]
      if (begin >= end) continue
      const turnsWithin = (this.#plans.get(name) ?? [])
        .map((one) => one.from)
        .filter((turn) => turn > begin && turn < end)
      const edges = [begin, ...turnsWithin, end]
      for (const [place, since] of edges.slice(0, -1).entries()) {
        const plan = this.planOf(name, since)
        if (plan === undefined) continue
        const time = BigInt((edges[place + 1] ?? end) - since)
        const share = (amount: string): bigint =>
          nearestEven(times(times(decimal(amount), DOLLAR), time, BigInt(until - from)))
        fee += share(plan.fee)
        if (!plan.stops) allowance += share(plan.included)
        else stops = largest(stops, dollars(plan.included))
      }
    }
    return { fee, allowance: allowance + stops }
  }

  /** When which plan came into force. */
  #turnsOf({ asked }: AccountSeen): { plan: string; at: number }[] {
    const turns: { plan: string; at: number }[] = []
    for (const { plan, at } of asked) {
      // What was to begin later is given up for what is asked for now.
      while ((turns.at(-1)?.at ?? 0) > at) turns.pop()
      const now = turns.at(-1)
      if (now === undefined) turns.push({ plan, at })
      else if (now.plan === plan) continue
      else turns.push({ plan, at: this.#isUpgrade(now.plan, plan, at) ? at : startOf(nextMonth(monthOf(at))) })
    }
    return turns
  }

  #isUpgrade(from: string, to: string, at: number): boolean {
    const [old, next] = [this.planOf(from, at), this.planOf(to, at)]
    if (next === undefined) return false
    if (old === undefined) return true
    const [before, after] = [dollars(old.fee), dollars(next.fee)]
    return after > before || (after === before && dollars(next.included) >= dollars(old.included))
  }

  /** What was put on record after the invoices of months before, and is on none yet. */
  #lateOf(account: string, month: string, at: number): Map<string, bigint> {
    const late = new Map<string, bigint>()
    for (const earlier of this.#closed.keys()) {
      if (earlier >= month || this.#known.get(`${account} ${earlier}`) === undefined) continue
      const rows = this.requestsOf(account, earlier, at).filter((row) => !this.#billed.has(row))
      for (const row of rows) this.#billed.add(row)
      const charge = sum(rows.map(costOf))
      if (charge !== 0n) late.set(earlier, charge)
    }
    return late
  }

  /** Who pays for usage: the allowance, then credit, span by span. */
  #pay(
    account: string,
    from: number,
    until: number,
    allowance: bigint,
    rows: readonly RequestSeen[],
    atFirst: bigint,
  ): Pick<Expected, 'allowance' | 'credits'> {
    const grants = this.grants
      .filter((grant) => grant.account === account)
      .sort(
        (a, b) =>
          a.priority - b.priority ||
          (a.expiresAt ?? Infinity) - (b.expiresAt ?? Infinity) ||
          a.createdAt - b.createdAt ||
          (a.id < b.id ? -1 : 1),
      )
    const cuts = grants.flatMap((grant) => [grant.from, grant.expiresAt ?? until, grant.revokedAt ?? until])
    const edges = [...new Set([from, ...cuts.filter((cut) => cut > from && cut < until), until])].sort((a, b) => a - b)
    const credits = new Map<string, bigint>()
    let [left, open] = [allowance, atFirst]
    for (const [index, begin] of edges.slice(0, -1).entries()) {
      const end = edges[index + 1] ?? until
      open += sum(rows.filter((row) => row.at >= begin && row.at < end).map(costOf))
      if (open <= 0n) continue
      const byPlan = smallest(open, left)
      left -= byPlan
      open -= byPlan
      for (const grant of grants) {
        const ends = Math.min(grant.expiresAt ?? Infinity, grant.revokedAt ?? Infinity)
        if (grant.from > begin || ends <= begin) continue
        const there = grant.amount - (this.#spent.get(grant.id) ?? 0n) - (credits.get(grant.id) ?? 0n)
        const paid = smallest(open, there)
        if (paid <= 0n) continue
        credits.set(grant.id, (credits.get(grant.id) ?? 0n) + paid)
        open -= paid
      }
      // What nobody has paid in this span is billed, whatever comes in the next.
      open = 0n
    }
    return { allowance: allowance - left, credits }
  }

  #tax({ country, taxId }: AccountSeen, netCents: bigint): bigint {
    const tax = this.#taxes.find((one) => one.country === country)
    if (tax === undefined || (tax.reverseCharge && taxId !== undefined)) return 0n
    return nearestEven(times(times(decimal(tax.percent), netCents), 1n, 100n))
  }
}

/** What one request cost. */
export const costOf = ({ charged }: RequestSeen): bigint => sum(charged.map(({ quantity, rate }) => quantity * rate))

function byLine(rows: readonly RequestSeen[]): Map<string, { quantity: bigint; amount: bigint }> {
  const lines = new Map<string, { quantity: bigint; amount: bigint }>()
  for (const { key, model, charged } of rows)
    for (const { unit, quantity, rate } of charged) {
      if (quantity === 0n) continue
      const name = `${key} ${model} ${unit}`
      const { quantity: counted = 0n, amount = 0n } = lines.get(name) ?? {}
      lines.set(name, { quantity: counted + quantity, amount: amount + quantity * rate })
    }
  return lines
}

const sum = (amounts: readonly bigint[]): bigint =>
  nearestEven(amounts.reduce<Fraction>((all, amount) => plus(all, whole(amount)), zero))

const largest = (a: bigint, b: bigint): bigint => (minus(whole(a), whole(b)).of > 0n ? a : b)
const smallest = (a: bigint, b: bigint): bigint => (a < b ? a : b)
const dollars = (text: string): bigint => nearestEven(times(decimal(text), DOLLAR))

/** Months as `YYYY-MM`, in UTC. */
export const monthOf = (at: number): string => new Date(at).toISOString().slice(0, 7)
export const startOf = (month: string): number => Date.parse(`${month}-01T00:00:00.000Z`)
export const nextMonth = (month: string): string => monthOf(startOf(month) + 32 * 86_400_000)
