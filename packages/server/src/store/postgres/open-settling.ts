import type { Clock, SpekaError } from '@speka/core'
import { join } from 'node:path'
import { mkdir, access, constants } from 'node:fs/promises'
import { Availability, backgroundClock } from '../availability.ts'
import { GroupCommit } from '../group-commit.ts'
import { Trust } from '../leases/trust.ts'
import type { Failure } from '../storage-failure.ts'
import type { StoreOptions } from '../store.ts'
import type { RowText } from '../usage-record-table.ts'
import { encodeRecord } from '../usage-row.ts'
import { withoutFile } from '../without-file.ts'
import type { Database, Lane } from './database.ts'
import { endOwners } from './end-owners.ts'
import { rowKeeper } from './keep-rows.ts'
import { goneOwners, ownerLife, ownersOf, type OwnerLife } from './owner-life.ts'
import { postgresError } from './postgres-error.ts'
import { failureOf } from './postgres-failure.ts'
import { statement } from './session.ts'
import { rowSettler } from './settle-rows.ts'
import { AbandonedSpools } from './spool/abandoned-spools.ts'
import { Spool } from './spool/spool.ts'

export interface SettlingOptions extends Pick<
  StoreOptions,
  'durability' | 'settles' | 'spool' | 'onLoss' | 'onAvailability' | 'onSpool'
> {
  readonly database: Database
  /** Where a spool may be; `undefined`: there is none. */
  readonly dataDir?: string | undefined
  /** Told when records have come to the ledger. */
  readonly onKept?: (() => void) | undefined
  readonly clock?: Pick<Clock, 'after'> | undefined
  /** In ms. Default: this process's. */
  readonly monotonic?: (() => number) | undefined
  /** How often is looked for spools that others have left, in ms. Default: 10 s. */
  readonly lookMs?: number | undefined
}

/** All by which this process's rows come into the ledger. */
export interface Settling {
  readonly lane: Lane
  readonly owner: OwnerLife
  readonly trust: Trust
  readonly commits: GroupCommit<RowText>
  readonly availability: Availability
  /** Resolves when every record that was settled before is in the database. @throws When it does not answer. */
  handedOver(): Promise<void>
  /** Puts what some owners have left here into the ledger. @returns those that may be ended now */
  mayEnd(owners: readonly number[]): Promise<readonly number[]>
  /** Ends the owners that a process of this machine has been. */
  endOwnersOf(pid: number): Promise<void>
  close(): Promise<void>
}

/** The folder of spools in the data folder. */
const FOLDER = 'spool'

/** How often it is said that this process lives where nothing else is asked, in ms. */
const PULSE_MS = 1000
const LOOK_MS = 10_000
/** How long is waited for a database at the end, in ms. */
const END_MS = 5000

const ANSWERS = statement('SELECT 1')

/** Opens what records go through, and becomes an owner where `settles` says so, once all that was left here is in the ledger. */
export async function openSettling(options: SettlingOptions): Promise<Settling> {
  const {
    database,
    clock = backgroundClock,
    monotonic,
    lookMs = LOOK_MS,
    onLoss = () => {},
    onKept = () => {},
  } = options
  const lane = database.lane({ purpose: 'ledger' })
  const trust = new Trust(monotonic)
  const errorOf = (failure: Failure): SpekaError => postgresError(database.name, failure)
  const lost = (why: string, rows: number): void => onLoss(errorOf({ kind: 'damaged', detail: why }), rows)
  const bounds = options.spool
  const folder =
    bounds === undefined || options.dataDir === undefined ? undefined : await writableFolder(options.dataDir)
  const owner = ownerLife(folder)
  const abandoned =
    folder === undefined || options.settles !== true
      ? undefined
      : new AbandonedSpools({
          folder,
          session: database,
          onLoss: lost,
          onTrouble: (error, path) => onLoss(errorOf({ kind: 'other', detail: `${path} stays: ${String(error)}` }), 0),
          monotonic,
        })
  const spool =
    folder === undefined || bounds === undefined
      ? undefined
      : new Spool({
          ...bounds,
          folder,
          session: lane,
          owner,
          trust,
          clock,
          onHolding(isHolding) {
            if (!isHolding) onKept()
            options.onSpool?.(isHolding)
          },
          onLoss: lost,
          onEnded(writer) {
            if (owner.writer === writer) owner.forget()
            trust.ended()
          },
        })

  async function pulse(): Promise<void> {
    const sentAt = trust.now()
    const isOwner = owner.id !== undefined
    if (isOwner) {
      if (await owner.pulse(lane)) trust.heard(sentAt)
      else trust.ended()
      return
    }
    await lane.run(ANSWERS)
    trust.heard(sentAt)
  }

  const commits: GroupCommit<RowText> = new GroupCommit({
    durability: options.durability ?? 'strict',
    encode: encodeRecord,
    send: (rows) =>
      void keep(rows).then((failures) => {
        commits.committed(failures)
        onKept()
      }),
    errorOf: (failure) => withoutFile(errorOf(failure)),
    onLoss,
    onTrouble: (failure) => availability.failed(errorOf(failure)),
  })
  let endsAt = Infinity
  const keep = rowKeeper({
    settle: rowSettler(lane, owner, trust),
    spool,
    trust,
    pulse,
    clock,
    givesUp: () => trust.now() > endsAt,
    onStuck: (failure) => commits.refuse(failure),
  })

  /** Becomes an owner, unless it is one, once its rows are in the ledger; or says that it lives. */
  async function begin(): Promise<void> {
    await pulse()
    await spool?.replayed()
    if (owner.id !== undefined) return
    const sentAt = trust.now()
    await lane.transact((session) => owner.begin(session))
    trust.heard(sentAt)
  }

  const availability = new Availability({
    async check() {
      try {
        if (trust.silentMs >= PULSE_MS) await pulse()
      } catch (error) {
        if (spool?.takes() !== true) throw errorOf(failureOf(error))
      }
    },
    tryWriting: () => begin().catch((error: unknown) => Promise.reject(errorOf(failureOf(error)))),
    onChange: options.onAvailability ?? (() => {}),
    clock,
  })

  const mayEnd = async (owners: readonly number[]): Promise<readonly number[]> =>
    (await abandoned?.replayOf(owners)) ?? owners
  const end = async (owners: readonly number[], how: 'process_gone' | 'exit_seen'): Promise<void> => {
    if (owners.length > 0) await database.transact((session) => endOwners(session, owners, how))
  }

  let cancelLook: (() => void) | undefined
  function lookLater(): void {
    cancelLook = clock.after(lookMs, () => {
      // What fails is tried again with the next look.
      void abandoned
        ?.replay()
        .then((owners) => end(owners, 'process_gone'))
        .catch(() => {})
        .finally(lookLater)
    })
  }

  if (options.settles === true) {
    await end((await abandoned?.replay()) ?? [], 'process_gone')
    await end(await mayEnd(await goneOwners(database)), 'process_gone')
    await begin()
    if (abandoned !== undefined) lookLater()
  }
  availability.watch()

  return {
    lane,
    owner,
    trust,
    commits,
    availability,
    async handedOver() {
      await commits.handedOver()
      await spool?.replayed()
      // What was sent is answered, or its connection is gone.
      await lane.connect()
    },
    mayEnd,
    endOwnersOf: async (pid) => end(await mayEnd(await ownersOf(database, pid)), 'exit_seen'),
    async close() {
      endsAt = trust.now() + END_MS
      cancelLook?.()
      availability.close()
      await commits.drain(withoutFile(errorOf({ kind: 'unreachable', detail: 'it is closed' })))
      const isEmpty = (await spool?.close()) ?? true
      const { id } = owner
      // Of one whose rows wait on the disk nobody is to hear that it has ended before they are there. That it says goodbye spares others the wait.
      if (id !== undefined && isEmpty)
        await lane.transact((session) => endOwners(session, [id], 'goodbye')).catch(() => {})
      await lane.close()
    },
  }
}

/** `undefined`: nothing can be written there. */
async function writableFolder(dataDir: string): Promise<string | undefined> {
  const folder = join(dataDir, FOLDER)
  try {
    await mkdir(folder, { recursive: true, mode: 0o700 })
    await access(folder, constants.W_OK)
    return folder
  } catch {
    return undefined
  }
}
