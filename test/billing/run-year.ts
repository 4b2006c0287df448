import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdir } from 'node:fs/promises'
import { join } from 'node:path'
import { plans } from '../../packages/core/src/internal.ts'
import { formatUsd, picoUsd } from '../../packages/core/src/index.ts'
import { keepPlanVersions } from '../../packages/server/src/billing/keep-plan-versions.ts'
import { issuedDocument } from '../../packages/server/src/billing/issued-document.ts'
import { operator } from '../../packages/server/src/cli/command.ts'
import { addAdjustment } from '../../packages/server/src/operations/add-adjustment.ts'
import { changePlan } from '../../packages/server/src/operations/change-account.ts'
import { createAccount } from '../../packages/server/src/operations/create-account.ts'
import { createKey } from '../../packages/server/src/operations/create-key.ts'
import { grantCredit } from '../../packages/server/src/operations/grant-credit.ts'
import { reprice } from '../../packages/server/src/operations/reprice.ts'
import { revokeGrant } from '../../packages/server/src/operations/revoke-grant.ts'
import { updateAccount } from '../../packages/server/src/operations/update-account.ts'
import { verifyLedger } from '../../packages/server/src/operations/verify-ledger.ts'
import type { InvoiceDocument } from '../../packages/server/src/billing/invoice-document.ts'
import { complaintsAbout } from './judge-invoice.ts'
import { costOf, monthOf, nextMonth, Oracle, startOf, type PlanSaid } from './oracle.ts'
import { openSimulated, taxes, writeConfig, type SimulatedStore } from './simulated-store.ts'
import { below, diceOf, pick, REPRICED, requestOf, type Caller, type Dice, type YearRequest } from './year.ts'

const DAY = 86_400_000
/** How long after a month's end it is closed: a day, and a while. */
const CLOSING = DAY + 3_600_000
/** Rows settled together. */
const BATCH = 2_000

export interface YearOptions {
  readonly folder: string
  readonly seed: number
  readonly accounts: number
  readonly requests: number
  readonly months: number
  /** How often the closing of a month is killed before it is let through. */
  readonly kills: number
  readonly tell: (line: string) => void
}

export interface YearReport {
  readonly requests: number
  readonly invoices: number
  readonly creditNotes: number
  readonly kills: number
  readonly happenings: Readonly<Record<string, number>>
  /** Everything that is not as it must be. */
  readonly complaints: readonly string[]
}

/** Lives through a year of accounts on a store of its own, month by month, and holds every invoice to the oracle. */
export async function runYear(options: YearOptions): Promise<YearReport> {
  await mkdir(join(options.folder, 'data'), { recursive: true })
  await writeConfig(options.folder)
  return new Year(options).run()
}

const perMillion = (rate: bigint): string => formatUsd(picoUsd(rate * 1_000_000n))

/** Something that happens at a moment, in ms since the epoch. */
interface Happening {
  readonly at: number
  readonly what: string
  readonly happen: () => Promise<void>
}

/** Another price for rows of a time, and how many rows were there when it was last applied. */
interface Said {
  readonly since: number
  readonly until: number
  readonly input: bigint
  readonly cached: bigint
  readonly output: bigint
  seen: number
}

class Year {
  readonly #options: YearOptions
  readonly #dice: Dice
  readonly #oracle: Oracle
  readonly #callers: Caller[] = []
  readonly #complaints: string[] = []
  readonly #happenings: Record<string, number> = {}
  /** Rows that are to be put on record, in the order of when. */
  #waiting: YearRequest[] = []
  /** Rows that may be priced anew, and what each of them comes to by now. */
  readonly #repriceable: { request: YearRequest; comesTo: bigint }[] = []
  /** What was said of prices, in order. */
  readonly #said: Said[] = []
  /** Plans that are no longer as they ship. */
  readonly #changed = new Map<string, PlanSaid>()
  #requests = 0
  #kills = 0
  #simulated!: SimulatedStore

  constructor(options: YearOptions) {
    this.#options = options
    this.#dice = diceOf(options.seed)
    const said = plans.map(({ id, monthlyPrice, includedUsage, overage }) => ({
      name: id,
      fee: formatUsd(monthlyPrice),
      included: formatUsd(includedUsage),
      stops: overage === 'stop',
    }))
    this.#oracle = new Oracle(said, taxes)
  }

  async run(): Promise<YearReport> {
    const { months, folder, tell } = this.#options
    let month = '2025-01'
    this.#simulated = await openSimulated(folder, true)
    await this.#keepPlans(startOf(month))
    await this.#makeAccounts(startOf(month))
    const closed: string[] = []
    let from = startOf(month)
    for (let index = 0; index < months; index += 1) {
      const closesAt = startOf(nextMonth(month)) + CLOSING + below(this.#dice, DAY)
      this.#drawRequests(month, closesAt)
      await this.#live(from, closesAt)
      await this.#close(month, closesAt)
      closed.push(month)
      tell(`${month}: ${this.#requests} requests, ${this.#complaints.length} complaints`)
      from = closesAt
      month = nextMonth(month)
    }
    const invoices = await this.#judge(closed)
    await this.#simulated.store.close()
    return {
      requests: this.#requests,
      invoices: invoices.length,
      creditNotes: invoices.filter(({ kind }) => kind === 'credit_note').length,
      kills: this.#kills,
      happenings: this.#happenings,
      complaints: this.#complaints,
    }
  }

  async #makeAccounts(from: number): Promise<void> {
    const { clock, parts } = this.#simulated
    const dice = this.#dice
    for (let index = 0; index < this.#options.accounts; index += 1) {
      // Most are there from the start, some come in the course of the first months.
      clock.now = from + (index % 4 === 0 ? below(dice, 80 * DAY) : 0)
      const plan = pick(dice, ['none', 'free', 'free', 'starter', 'pro', 'scale'])
      const { id } = await createAccount(parts, operator, { name: `Account ${index}`, plan })
      const country = pick(dice, [undefined, 'DE', 'CH', 'FR', 'US'])
      const taxId = country !== undefined && dice() < 0.5 ? `${country}${index}` : undefined
      if (country !== undefined)
        await updateAccount(parts, operator, { id, buyer: { country, ...(taxId !== undefined && { tax_id: taxId }) } })
      this.#oracle.accounts.set(id, { id, createdAt: clock.now, country, taxId, asked: [{ plan, at: clock.now }] })
      const mode = index % 9 === 0 ? ['live', 'test'] : ['live', 'live']
      for (const [place, of] of (plan === 'free' ? ['live'] : mode).entries()) {
        const key = await createKey(parts, operator, { name: `key ${place}`, account: id, mode: of })
        this.#callers.push({ account: id, key: key.id, labels: 0, isTest: of === 'test' })
      }
    }
  }

  /** The requests that arrive in a month. A few are put on record only after it was closed. */
  #drawRequests(month: string, closesAt: number): void {
    const dice = this.#dice
    const { requests, months } = this.#options
    const [from, until] = [startOf(month), startOf(nextMonth(month))]
    for (let count = 0; count < requests / months; count += 1) {
      const caller = pick(dice, this.#callers)
      const born = this.#oracle.accounts.get(caller.account)?.createdAt ?? 0
      if (born >= until) continue
      const begins = Math.max(from, born)
      const at = begins + below(dice, until - begins)
      const settledAt = dice() < 0.004 ? closesAt + below(dice, 40 * DAY) : at + below(dice, 600_000)
      this.#waiting.push(requestOf(dice, caller, at, settledAt))
    }
    this.#waiting.sort((a, b) => a.seen.settledAt - b.seen.settledAt)
  }

  /** All that happens between two moments, in order. */
  async #live(from: number, until: number): Promise<void> {
    const happenings = this.#drawHappenings(from, until).sort((a, b) => a.at - b.at)
    for (const { at, what, happen } of happenings) {
      await this.#settleUntil(at)
      this.#simulated.clock.now = at
      await happen()
      this.#happenings[what] = (this.#happenings[what] ?? 0) + 1
    }
    await this.#settleUntil(until)
  }

  async #settleUntil(at: number): Promise<void> {
    const end = this.#waiting.findIndex(({ seen }) => seen.settledAt >= at)
    const due = end === -1 ? this.#waiting : this.#waiting.slice(0, end)
    this.#waiting = end === -1 ? [] : this.#waiting.slice(end)
    for (let start = 0; start < due.length; start += BATCH) {
      const batch = due.slice(start, start + BATCH)
      await Promise.all(batch.map(({ record }) => this.#simulated.store.ledger.settle(record)))
    }
    for (const request of due) {
      this.#oracle.request(request.seen)
      if (request.seen.model === REPRICED && !request.seen.isTest)
        this.#repriceable.push({ request, comesTo: costOf(request.seen) })
    }
    this.#requests += due.length
  }

  #drawHappenings(from: number, until: number): Happening[] {
    const dice = this.#dice
    const accounts = [...this.#oracle.accounts.values()]
    const happenings: Happening[] = []
    const within = (): number => from + 1 + below(dice, until - from - 2)
    const draw = (
      share: number,
      what: string,
      make: (id: string, at: number) => (() => Promise<void>) | undefined,
    ): void => {
      for (const { id, createdAt } of accounts) {
        if (dice() >= share) continue
        const at = within()
        const happen = at > createdAt ? make(id, at) : undefined
        if (happen !== undefined) happenings.push({ at, what, happen })
      }
    }
    draw(0.12, 'changes of plan', (id, at) => () => this.#changePlan(id, at))
    // Four times in a day.
    draw(0.01, 'days with four changes of plan', (id, at) => async () => {
      for (let count = 0; count < 4; count += 1) {
        this.#simulated.clock.now = at + count
        await this.#changePlan(id, at + count)
      }
    })
    draw(0.15, 'grants', (id, at) => () => this.#grant(id, at))
    draw(0.02, 'grants taken back', (id, at) => () => this.#revoke(id, at))
    draw(0.08, 'adjustments', (id, at) => () => this.#adjust(id, at))
    if (dice() < 0.5) {
      const at = within()
      happenings.push({ at, what: 'changes of what plans cost', happen: () => this.#changePrice(at) })
    }
    if (dice() < 0.5) {
      const at = within()
      happenings.push({ at, what: 'reprices', happen: () => this.#reprice(at) })
    }
    return happenings
  }

  async #changePlan(id: string, at: number): Promise<void> {
    const plan = pick(this.#dice, ['none', 'free', 'starter', 'pro', 'scale'])
    const keys = this.#callers.filter(({ account }) => account === id).length
    // Free has room for one key: whoever has two is refused, and stays as he is.
    if (plan === 'free' && keys > 1) return
    await changePlan(this.#simulated.parts, operator, { id, plan })
    this.#oracle.accounts.get(id)?.asked.push({ plan, at })
  }

  /** Another fee and another allowance of a plan, as an operator writes them into the configuration. */
  async #changePrice(at: number): Promise<void> {
    const dice = this.#dice
    const name = pick(dice, ['free', 'starter', 'pro'])
    const fee = name === 'free' ? '0' : `${1 + below(dice, 120)}.${String(below(dice, 100)).padStart(2, '0')}`
    const plan = { name, fee, included: `${1 + below(dice, 200)}.5`, stops: name === 'free' }
    this.#changed.set(name, plan)
    await writeConfig(this.#options.folder, [...this.#changed.values()])
    await this.#keepPlans(at)
    this.#oracle.planBecomes(plan, at)
  }

  /** What a gateway does at its start and at a reload. */
  async #keepPlans(at: number): Promise<void> {
    const { parts, store } = this.#simulated
    await keepPlanVersions(store.registry, (await parts.plans()).plans, at)
  }

  async #grant(account: string, at: number): Promise<void> {
    const dice = this.#dice
    const amount = BigInt(1 + below(dice, 40_000_000)) * 1_000_003n
    const from = dice() < 0.3 ? at + below(dice, 20 * DAY) : undefined
    const expiresAt = dice() < 0.5 ? (from ?? at) + 1 + below(dice, 60 * DAY) : undefined
    const priority = below(dice, 3)
    const { id } = await grantCredit(this.#simulated.parts, operator, {
      account,
      usd: formatUsd(picoUsd(amount)),
      priority,
      ...(from !== undefined && { from: new Date(from).toISOString() }),
      ...(expiresAt !== undefined && { expires_at: new Date(expiresAt).toISOString() }),
    })
    this.#oracle.grants.push({ id, account, amount, priority, from: from ?? at, expiresAt, createdAt: at })
  }

  async #revoke(account: string, at: number): Promise<void> {
    const grant = this.#oracle.grants.find((one) => one.account === account && one.revokedAt === undefined)
    if (grant === undefined) return
    await revokeGrant(this.#simulated.parts, operator, { id: grant.id })
    grant.revokedAt = at
  }

  async #adjust(account: string, at: number): Promise<void> {
    const dice = this.#dice
    const sign = dice() < 0.6 ? -1n : 1n
    const amount = sign * BigInt(1 + below(dice, 900_000_000)) * 10_007n
    const kind = dice() < 0.5 ? 'usage' : 'amount'
    await addAdjustment(this.#simulated.parts, operator, {
      account,
      usd: formatUsd(picoUsd(amount)),
      kind,
      reason: 'a correction',
    })
    this.#oracle.adjust({ account, at, kind, amount })
  }

  /** Another price for the rows of some weeks that are on record by now. */
  async #reprice(at: number): Promise<void> {
    const dice = this.#dice
    const since = at - (5 + below(dice, 60)) * DAY
    const until = since + (1 + below(dice, 30)) * DAY
    if (until > at) return
    const rates = {
      input: BigInt(1 + below(dice, 400)) * 1_000n,
      cached: BigInt(1 + below(dice, 90)) * 1_000n,
      output: BigInt(1 + below(dice, 900)) * 1_000n,
    }
    await reprice(this.#simulated.parts, operator, {
      models: 'acme/f*',
      since: new Date(since).toISOString(),
      until: new Date(until).toISOString(),
      price: {
        input: perMillion(rates.input),
        cached_input: perMillion(rates.cached),
        output: perMillion(rates.output),
      },
      apply: true,
    })
    const differences = new Map<string, bigint>()
    const apply = (said: Said): void => {
      for (const one of this.#repriceable.slice(said.seen)) {
        const { seen, tokens } = one.request
        if (seen.at < said.since || seen.at >= said.until) continue
        const now = tokens.plain * said.input + tokens.cached * said.cached + tokens.output * said.output
        const name = `${seen.account} ${monthOf(seen.at)}`
        differences.set(name, (differences.get(name) ?? 0n) + now - one.comesTo)
        one.comesTo = now
      }
      said.seen = this.#repriceable.length
    }
    // Rows that came behind earlier ones that this one builds on get what those say first.
    const said: Said = { since, until, ...rates, seen: 0 }
    const near = new Set<Said>([said])
    for (const one of near)
      for (const other of this.#said) if (other.since < one.until && other.until > one.since) near.add(other)
    for (const earlier of this.#said) if (near.has(earlier)) apply(earlier)
    apply(said)
    this.#said.push(said)
    for (const [name, amount] of differences)
      if (amount !== 0n) this.#oracle.adjust({ account: name.split(' ')[0] ?? '', at, kind: 'usage', amount })
  }

  /** Closes a month in another process, which is killed a few times in its midst. */
  async #close(month: string, at: number): Promise<void> {
    this.#oracle.close(month, at)
    for (let kill = 0; kill < this.#options.kills; kill += 1)
      await this.#runClosing(month, at, 1 + below(this.#dice, 4))
    const code = await this.#runClosing(month, at)
    if (code !== 0) this.#complaints.push(`the closing of ${month} ended with ${code}`)
  }

  async #runClosing(month: string, at: number, killAt?: number): Promise<number | null> {
    const args = [
      '--conditions=@speka/source',
      '--disable-warning=ExperimentalWarning',
      join(import.meta.dirname, 'close-month.ts'),
    ]
    const child = spawn(process.execPath, [...args, this.#options.folder, month, String(at)], {
      stdio: ['ignore', 'pipe', 'inherit'],
    })
    let told = 0
    child.stdout.on('data', (data: Buffer) => {
      told += data.toString().split('.').length - 1
      if (killAt !== undefined && told >= killAt && child.signalCode === null && child.exitCode === null)
        child.kill('SIGKILL')
    })
    const [code] = (await once(child, 'exit')) as [number | null]
    if (code === null) this.#kills += 1
    return code
  }

  async #judge(months: readonly string[]): Promise<InvoiceDocument[]> {
    const { store, parts } = this.#simulated
    const issued = await store.invoices.list()
    const documents = issued.map(issuedDocument)
    const byPlace = new Map<string, InvoiceDocument>()
    for (const [index, document] of documents.entries()) {
      const place = `${document.account} ${document.month}`
      if (byPlace.has(place)) this.#complaints.push(`${place} has two invoices`)
      byPlace.set(place, document)
      const [year, number] = (document.number ?? '').split('-')
      const before = documents[index - 1]?.number?.split('-')
      const next = before?.[0] === year ? Number(before?.[1]) + 1 : 1
      if (Number(number) !== next) this.#complaints.push(`${document.number} comes after ${before?.join('-')}`)
    }
    for (const month of months)
      for (const account of this.#oracle.accounts.keys()) {
        const place = `${account} ${month}`
        for (const complaint of complaintsAbout(byPlace.get(place), this.#oracle.expected(account, month)))
          this.#complaints.push(`${place}: ${complaint}`)
      }
    this.#simulated.clock.now = startOf('2030-01')
    const verified: unknown = await verifyLedger(parts, operator, {})
    const differences = JSON.stringify(verified)
    this.#options.tell(`verify: ${differences.slice(0, 300)}`)
    return documents
  }
}
