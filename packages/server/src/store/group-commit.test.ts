import { SpekaError } from '@speka/core'
import { usageRecord } from './__fixtures__/usage-record.ts'
import { GroupCommit, type RowShape } from './group-commit.ts'
import type { Durability } from './store.ts'
import type { RowFailure } from './storage-failure.ts'

/** A database that writes down what is needed to tell records apart, and that it is one. */
const row: RowShape<string> = { width: 2, encode: ({ id }, values) => values.push(id, 'a record') }

/** A group commit on a database that the test plays: what it was sent, in rows, and what it told in which order. */
function playing(durability: Durability) {
  const sent: number[] = []
  const told: string[] = []
  const commits = new GroupCommit({
    durability,
    row,
    send: (values) => sent.push(values.length / row.width),
    errorOf: ({ kind }) => new SpekaError(kind === 'bad_row' ? 'internal_error' : 'storage_unavailable', kind),
    onLoss: (error, records) => told.push(`${records} lost: ${error.message}`),
    onTrouble: ({ kind }) => told.push(`trouble: ${kind}`),
  })
  const settle = () =>
    commits.settle(usageRecord()).then(
      () => void told.push('kept'),
      (error: Error) => void told.push(`refused: ${error.message}`),
    )
  return { commits, sent, told, settle }
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
    await expect(commits.settle(record)).rejects.toHaveProperty('code', 'storage_unavailable')
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
