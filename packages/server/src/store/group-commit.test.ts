import { jest } from '@jest/globals'
import { SpekaError } from '@speka/core'
import { usageRecord } from './__fixtures__/usage-record.ts'
import { GroupCommit } from './group-commit.ts'
import type { Durability } from './store.ts'
import type { Failure, RowFailure } from './storage-failure.ts'

/** A group commit on a database that the test plays: what it was sent, in rows, and what it told in which order. */
function playing(durability: Durability) {
  const sent: number[] = []
  /** The records of each batch. */
  const batches: string[][] = []
  const told: string[] = []
  const commits = new GroupCommit({
    durability,
    encode: ({ id }) => id,
    send(rows) {
      sent.push(rows.length)
      batches.push([...rows])
    },
    errorOf: ({ kind }) => new SpekaError(kind === 'bad_row' ? 'internal_error' : 'storage_unavailable', kind),
    onLoss: (error, records) => told.push(`${records} lost: ${error.message}`),
    onTrouble: ({ kind }) => told.push(`trouble: ${kind}`),
  })
  const settle = () =>
    commits.settle(usageRecord()).then(
      () => void told.push('kept'),
      (error: Error) => void told.push(`refused: ${error.message}`),
    )
  return { commits, sent, batches, told, settle }
}

const failed = (index: number, kind: RowFailure['kind']): RowFailure => ({ index, kind, detail: '' })

const turn = () => new Promise((resolve) => setImmediate(resolve))

async function untilSent(sent: readonly number[], batches: number): Promise<void> {
  while (sent.length < batches) await turn()
}

describe('a strict group commit', () => {
  test('tells of trouble with the file before it refuses anybody, and once for a batch', async () => {
    const { commits, sent, told, settle } = playing('strict')
    const all = [settle(), settle(), settle()]
    await untilSent(sent, 1)
    commits.committed([failed(0, 'full'), failed(2, 'full')])
    await Promise.all(all)
    expect(sent).toEqual([3])
    expect(told[0]).toBe('trouble: full')
    expect(told.slice(1).sort()).toEqual(['kept', 'refused: full', 'refused: full'])
  })

  test.each([
    { failure: failed(0, 'fenced'), isUnrecorded: true },
    { failure: failed(0, 'bad_row'), isUnrecorded: true },
    { failure: { ...failed(0, 'fenced'), mayBeThere: true }, isUnrecorded: false },
    { failure: failed(0, 'unsynced'), isUnrecorded: false },
  ])('says of a record whether it is nowhere: $failure.kind, $isUnrecorded', async ({ failure, isUnrecorded }) => {
    const { commits, sent } = playing('strict')
    const told: unknown[] = []
    const settle = () =>
      commits.settle(usageRecord()).catch((error: SpekaError) => void told.push([error.message, error.isUnrecorded]))
    const all = [settle()]
    await untilSent(sent, 1)
    all.push(settle())
    // What was not sent is nowhere in any case.
    commits.refuse({ kind: 'unreachable', detail: '' })
    commits.committed([failure])
    await Promise.all(all)
    expect(told).toEqual([
      ['unreachable', true],
      [failure.kind, isUnrecorded],
    ])
  })

  test('takes a bad row for nobody’s trouble but its own', async () => {
    const { commits, sent, told, settle } = playing('strict')
    const all = [settle(), settle()]
    await untilSent(sent, 1)
    commits.committed([failed(1, 'bad_row')])
    await Promise.all(all)
    expect(told.sort()).toEqual(['kept', 'refused: bad_row'])
  })

  test('sends what came meanwhile in the next batch, at most 512 at once', async () => {
    const { commits, sent, settle } = playing('strict')
    const first = settle()
    await untilSent(sent, 1)
    const rest = Array.from({ length: 600 }, settle)
    commits.committed([])
    await untilSent(sent, 2)
    commits.committed([])
    await untilSent(sent, 3)
    commits.committed([])
    await Promise.all([first, ...rest])
    expect(sent).toEqual([1, 512, 88])
  })

  test('sends records in the order in which they came, and tells each what became of it', async () => {
    const { commits, sent, batches } = playing('strict')
    const records = Array.from({ length: 600 }, () => usageRecord())
    const refused: number[] = []
    const all = records.map((record, index) => commits.settle(record).catch(() => void refused.push(index)))
    await untilSent(sent, 1)
    commits.committed([failed(511, 'full')])
    await untilSent(sent, 2)
    commits.committed([failed(0, 'full')])
    await Promise.all(all)
    expect(batches.flat()).toEqual(records.map(({ id }) => id))
    expect(refused).toEqual([511, 512])
  })
})

const silent: Failure = { kind: 'other', detail: 'nobody answers' }

describe('while what was sent is not answered', () => {
  test('a strict group commit refuses what waits and what comes, says so, and takes records again once it is', async () => {
    const { commits, sent, told, settle } = playing('strict')
    const first = settle()
    await untilSent(sent, 1)
    const waiting = settle()
    const over = commits.handedOver().then(() => told.push('handed over'))
    commits.refuse(silent)
    await Promise.all([waiting, over, settle()])
    await expect(commits.settle(usageRecord())).rejects.toHaveProperty('isUnrecorded', true)
    expect(told[0]).toBe('trouble: other')
    expect(told.slice(1).sort()).toEqual(['handed over', 'refused: other', 'refused: other'])
    commits.committed([])
    await first
    commits.refuse(undefined)
    const last = settle()
    await untilSent(sent, 2)
    commits.committed([])
    await last
    expect([sent, told.filter((one) => one === 'kept')]).toEqual([
      [1, 1],
      ['kept', 'kept'],
    ])
  })

  test('a relaxed one goes on taking records, and keeps them', async () => {
    const { commits, sent, told, settle } = playing('relaxed')
    await settle()
    await untilSent(sent, 1)
    commits.refuse(silent)
    await settle()
    expect(told).toEqual(['kept', 'kept'])
    commits.committed([])
    await untilSent(sent, 2)
    expect(sent).toEqual([1, 1])
    commits.committed([])
  })
})

describe('who asks the database behind records', () => {
  test('waits until the last of them is sent, and not for what comes later', async () => {
    const { commits, sent, told, settle } = playing('strict')
    const all = [settle()]
    await untilSent(sent, 1)
    all.push(...Array.from({ length: 600 }, settle))
    const handedOver = commits.handedOver().then(() => told.push('handed over'))
    all.push(settle())
    commits.committed([])
    await untilSent(sent, 2)
    await turn()
    expect(told).not.toContain('handed over')
    commits.committed([])
    await untilSent(sent, 3)
    await handedOver
    commits.committed([])
    await Promise.all(all)
    expect(sent).toEqual([1, 512, 89])
  })

  test('has records sent that nobody waits for, and waits for none where there are none', async () => {
    const { commits, sent, settle } = playing('relaxed')
    await commits.handedOver()
    await settle()
    await commits.handedOver()
    expect(sent).toEqual([1])
    commits.committed([])
  })

  test('waits no longer when the database is given up', async () => {
    const { commits, sent, settle } = playing('strict')
    const all = [settle()]
    await untilSent(sent, 1)
    all.push(settle())
    const handedOver = commits.handedOver()
    commits.break(new SpekaError('storage_unavailable', 'broken'))
    await Promise.all([handedOver, ...all])
  })
})

describe('a relaxed group commit', () => {
  test('refuses, and tells of trouble, when more records wait than may be lost at once', async () => {
    const { commits, sent, told } = playing('relaxed')
    const record = usageRecord()
    for (let count = 0; count < 50_000; count += 1) await commits.settle(record)
    expect(told).toEqual([])
    await untilSent(sent, 1)
    // One batch is on its way, so there is room for as many again.
    for (let count = 0; count < 512; count += 1) await commits.settle(record)
    await expect(commits.settle(record)).rejects.toMatchObject({ code: 'storage_unavailable', isUnrecorded: true })
    expect(told).toEqual(['trouble: other'])
    commits.committed([])
    await commits.settle(record)
  })

  test('keeps what the file did not take, and gives up what it never will', async () => {
    const { commits, sent, told, settle } = playing('relaxed')
    await Promise.all([settle(), settle()])
    await untilSent(sent, 1)
    commits.committed([failed(0, 'locked'), failed(1, 'bad_row')])
    await untilSent(sent, 2)
    expect(sent).toEqual([2, 1])
    expect(told).toEqual(['kept', 'kept', '1 lost: bad_row'])
    commits.committed([])
  })
})

describe('a batch of records that are waited for', () => {
  test('goes out when a turn of the event loop brings no more', async () => {
    const { sent, settle } = playing('strict')
    void settle()
    await turn()
    expect(sent).toEqual([1])
  })

  test('waits for another turn when one has brought more, unless there are 64 by then', async () => {
    for (const [records, turns] of [
      [63, 2],
      [64, 1],
    ] as const) {
      const { sent, settle } = playing('strict')
      for (let count = 0; count < records; count += 1) void settle()
      for (let count = 1; count < turns; count += 1) {
        await turn()
        expect(sent).toEqual([])
      }
      await turn()
      expect(sent).toEqual([records])
    }
  })

  test('waits for company, whoever asks the database behind it', async () => {
    const { commits, sent, settle } = playing('strict')
    void settle()
    const handedOver = commits.handedOver()
    expect(sent).toEqual([])
    await handedOver
    expect(sent).toEqual([1])
  })

  test('waits for the one before', async () => {
    const { commits, sent, settle } = playing('strict')
    void settle()
    await turn()
    void settle()
    for (let count = 0; count < 5; count += 1) await turn()
    expect(sent).toEqual([1])
    commits.committed([])
    await turn()
    expect(sent).toEqual([1, 1])
    commits.committed([])
    await turn()
    expect(sent).toEqual([1, 1])
  })

  test('is refused when the database is given up, with all that wait behind it', async () => {
    const { commits, sent, told, settle } = playing('strict')
    const all = [settle()]
    await turn()
    all.push(settle())
    commits.break(new SpekaError('storage_unavailable', 'broken'))
    all.push(settle())
    await Promise.all(all)
    expect(told).toEqual(['refused: broken', 'refused: broken', 'refused: broken'])
    await turn()
    expect(sent).toEqual([1])
  })

  test('has in it no record that cannot be written down', async () => {
    const commits = new GroupCommit<string>({
      durability: 'strict',
      encode() {
        throw new SpekaError('internal_error', 'no such row')
      },
      send: () => {},
      errorOf: () => new SpekaError('internal_error', 'not this'),
      onLoss: () => {},
      onTrouble: () => {},
    })
    await expect(commits.settle(usageRecord())).rejects.toThrow('no such row')
  })
})

describe('records that nobody waits for', () => {
  beforeEach(() => {
    jest.useFakeTimers({ doNotFake: ['setImmediate'] })
  })
  afterEach(() => {
    jest.useRealTimers()
  })

  /** So long they may wait for others, in ms. */
  const FLUSH_MS = 50

  test('are kept in memory until it is time for a batch', async () => {
    const { commits, sent, told, settle } = playing('relaxed')
    await settle()
    jest.advanceTimersByTime(FLUSH_MS - 1)
    await settle()
    expect([sent, told]).toEqual([[], ['kept', 'kept']])
    jest.advanceTimersByTime(1)
    expect(sent).toEqual([2])
    // The next waits for this to be committed, and then as long as the first did.
    await settle()
    jest.advanceTimersByTime(FLUSH_MS)
    commits.committed([])
    jest.advanceTimersByTime(FLUSH_MS - 1)
    expect(sent).toEqual([2])
    jest.advanceTimersByTime(1)
    expect(sent).toEqual([2, 1])
    commits.committed([])
    jest.advanceTimersByTime(FLUSH_MS)
    expect(sent).toEqual([2, 1])
  })

  test('go out one batch after the other when there are more than one holds, unless one was not taken', async () => {
    const { commits, sent, settle } = playing('relaxed')
    for (let count = 0; count < 1100; count += 1) await settle()
    jest.advanceTimersByTime(FLUSH_MS)
    expect(sent).toEqual([512])
    commits.committed([])
    expect(sent).toEqual([512, 512])
    commits.committed([failed(3, 'locked')])
    expect(sent).toEqual([512, 512])
    jest.advanceTimersByTime(FLUSH_MS)
    expect(sent).toEqual([512, 512, 77])
    await settle()
    commits.committed([])
    expect(sent).toEqual([512, 512, 77])
  })

  test('are sent at once when somebody asks the database behind them', async () => {
    const { commits, sent, settle } = playing('relaxed')
    await settle()
    await commits.handedOver()
    expect(sent).toEqual([1])
    await settle()
    // What was sent first is not committed yet.
    void commits.handedOver()
    commits.committed([])
    jest.advanceTimersByTime(FLUSH_MS)
    expect(sent).toEqual([1, 1])
  })

  test('are sent at once at the end, though one of those before was not taken', async () => {
    const { commits, sent, settle } = playing('relaxed')
    for (let count = 0; count < 600; count += 1) await settle()
    const drained = commits.drain(new SpekaError('storage_unavailable', 'closed'))
    commits.committed([failed(0, 'full')])
    expect(sent).toEqual([512, 88])
    commits.committed([])
    await drained
  })

  test('are tried again, the very ones, when the file did not take them', async () => {
    const { commits, batches, told, settle } = playing('relaxed')
    for (let count = 0; count < 4; count += 1) await settle()
    jest.advanceTimersByTime(FLUSH_MS)
    commits.committed([failed(1, 'full'), failed(3, 'locked'), failed(0, 'bad_row')])
    jest.advanceTimersByTime(FLUSH_MS)
    expect(batches[1]).toEqual([batches[0]?.[1], batches[0]?.[3]])
    expect(told.slice(4)).toEqual(['1 lost: bad_row'])
  })

  test('are told as lost, with their number, when the database is given up', async () => {
    const { commits, sent, told, settle } = playing('relaxed')
    await Promise.all([settle(), settle()])
    jest.advanceTimersByTime(FLUSH_MS)
    await settle()
    commits.break(new SpekaError('storage_unavailable', 'broken'))
    await settle()
    expect(told.slice(3)).toEqual(['3 lost: broken', 'refused: broken'])
    jest.advanceTimersByTime(FLUSH_MS)
    expect(sent).toEqual([2])
  })

  test.each([
    { records: 0, lost: [] },
    { records: 1, lost: ['1 lost: broken'] },
  ])('are told as lost where there are any: of $records', async ({ records, lost }) => {
    const { commits, told, settle } = playing('relaxed')
    for (let count = 0; count < records; count += 1) await settle()
    commits.break(new SpekaError('storage_unavailable', 'broken'))
    expect(told.slice(records)).toEqual(lost)
  })
})

describe.each(['strict', 'relaxed'] as const)('at the end of a %s group commit', (durability) => {
  const closed = new SpekaError('storage_unavailable', 'closed')

  test('all that was taken is sent at once, and waited for, and nothing more is taken', async () => {
    const { commits, sent, told, settle } = playing(durability)
    const all = Array.from({ length: 600 }, settle)
    let isDrained = false
    const drained = commits.drain(closed).then(() => (isDrained = true))
    expect(sent).toEqual([512])
    await settle()
    expect(told.at(-1)).toBe('refused: closed')
    commits.committed([])
    await untilSent(sent, 2)
    expect([sent, isDrained]).toEqual([[512, 88], false])
    commits.committed([])
    await drained
    await Promise.all(all)
    expect(told.filter((one) => one === 'kept')).toHaveLength(600)
  })

  test('what the file does not take is not tried again', async () => {
    const { commits, sent, told, settle } = playing(durability)
    const one = settle()
    const drained = commits.drain(closed)
    commits.committed([failed(0, 'full')])
    await Promise.all([one, drained])
    expect(sent).toEqual([1])
    expect(told).toContain(durability === 'strict' ? 'refused: full' : '1 lost: full')
  })

  test('who comes after a database was given up is told of that', async () => {
    const { commits, told, settle } = playing(durability)
    commits.break(new SpekaError('storage_unavailable', 'broken'))
    await commits.drain(closed)
    await settle()
    expect(told).toEqual(['refused: broken'])
  })

  test('a database that is given up is not waited for', async () => {
    const { commits, settle } = playing(durability)
    const one = settle()
    const drained = commits.drain(closed)
    commits.break(new SpekaError('storage_unavailable', 'broken'))
    await Promise.all([one, drained])
    await playing(durability).commits.drain(closed)
  })
})
