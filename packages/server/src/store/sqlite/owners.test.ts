import { spawn, spawnSync } from 'node:child_process'
import { once } from 'node:events'
import { mkdtempSync, readFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import { eventually } from '../../../../../test/support/eventually.ts'
import { usageRecord } from '../__fixtures__/usage-record.ts'
import { openSqliteStore } from './open-store.ts'
import { encodeRecord } from '../usage-row.ts'

const onLinux = process.platform === 'linux' ? test : test.skip

describe('an owner of a sqlite ledger', () => {
  test('says goodbye when its store is closed, and another follows it', async () => {
    const path = newPath()
    for (const rows of [2, 3]) {
      const store = await openSqliteStore({ path })
      await Promise.all(Array.from({ length: rows }, () => store.ledger.settle(usageRecord())))
      await store.close()
    }
    const store = await openSqliteStore({ path })
    expect(await store.ledger.owners()).toMatchObject([
      { id: 1, rows: 2, ended: { how: 'goodbye' } },
      { id: 2, rows: 3, ended: { how: 'goodbye' } },
    ])
    await store.close()
  })

  test('is one from the start where it is known to settle, and none where it only reads', async () => {
    const path = newPath()
    const [settling, reading] = [await openSqliteStore({ path, settles: true }), await openSqliteStore({ path })]
    expect(await reading.ledger.owners()).toMatchObject([{ id: 1, rows: 0, ended: undefined }])
    await Promise.all([settling.close(), reading.close()])
  })

  test('of two on one file has its own numbers', async () => {
    const path = newPath()
    const [one, other] = [await openSqliteStore({ path }), await openSqliteStore({ path })]
    for (let round = 0; round < 5; round += 1) {
      await Promise.all([one, other, one].map(({ ledger }) => ledger.settle(usageRecord())))
    }
    const rows = (await one.ledger.owners()).map((owner) => owner.rows)
    expect(rows.sort((a, b) => a - b)).toEqual([5, 10])
    expect(await one.ledger.verify()).toEqual({ rows: 15, problems: [] })
    await Promise.all([one.close(), other.close()])
  })

  test('that was killed stays alive until a start finds its process gone', async () => {
    const path = newPath()
    await (await openSqliteStore({ path })).close()
    expect(settleAndDie(path, encodeRecord(usageRecord()))).toBe('SIGKILL')
    const reading = await openSqliteStore({ path })
    expect(await reading.ledger.owners()).toMatchObject([{ id: 1, rows: 1, ended: undefined }])
    const settling = await openSqliteStore({ path, settles: true })
    expect(await reading.ledger.owners()).toMatchObject([
      { id: 1, rows: 1, ended: { how: 'process_gone' } },
      { id: 2, ended: undefined },
    ])
    await Promise.all([settling.close(), reading.close()])
  })

  test.each([
    ['of an earlier boot has ended', { boot_id: 'another' }, 'earlier_boot'],
    ['whose pid somebody else has now has ended', { process: 'PLACE 1' }, 'process_gone'],
    ['of another container cannot be told from here', { process: 'pid:[1] 1' }, undefined],
  ])('%s', async (_, changes: Record<string, string>, how) => {
    const path = newPath()
    const before = await openSqliteStore({ path, settles: true })
    const db = new DatabaseSync(path)
    const place = String(db.prepare('SELECT process FROM owner').get()?.['process']).split(' ')[0] ?? ''
    for (const [column, value] of Object.entries(changes))
      db.prepare(`UPDATE owner SET ${column} = ?`).run(value.replace('PLACE', place))
    db.close()
    const store = await openSqliteStore({ path, settles: true })
    const [first] = await store.ledger.owners()
    expect(first?.ended?.how).toBe(how)
    await Promise.all([before.close(), store.close()])
  })

  test.each([
    [
      'is silent where it cannot be looked at and was not heard of for long',
      { process: 'pid:[1] 1', started_at: 1 },
      true,
    ],
    ['is not where it was heard of', { process: 'pid:[1] 1', started_at: 1, heard_at: Date.now() + 60_000 }, false],
    ['is not where its process can be looked at', { started_at: 1 }, false],
    ['is not where it has ended', { process: 'pid:[1] 1', started_at: 1, state: 'ended' }, false],
  ])('%s', async (_, changes: Record<string, string | number>, isSilent) => {
    const path = newPath()
    const store = await openSqliteStore({ path, settles: true })
    const db = new DatabaseSync(path)
    for (const [column, value] of Object.entries(changes)) db.prepare(`UPDATE owner SET ${column} = ?`).run(value)
    db.close()
    expect(await store.ledger.owners()).toMatchObject([{ id: 1, isSilent }])
    await store.close()
  })

  onLinux('whose process has ended is found ended, though nobody has asked how it ended', async () => {
    const path = newPath()
    await (await openSqliteStore({ path, settles: true })).close()
    // A shell that becomes a program which never asks after children, before the child ends.
    const parent = spawn('/bin/sh', ['-c', 'sleep 1 & echo $!; exec sleep 600'], {
      stdio: ['ignore', 'pipe', 'ignore'],
    })
    try {
      const [printed] = (await once(parent.stdout, 'data')) as [Buffer]
      const pid = Number(printed.toString())
      const stat = (): string[] =>
        readFileSync(`/proc/${pid}/stat`, 'utf8')
          .replace(/^.*\) /s, '')
          .split(' ')
      await eventually(() => stat()[0] === 'Z', 'it has ended')
      const db = new DatabaseSync(path)
      db.prepare(`UPDATE owner SET state = 'alive', ended_how = NULL, ended_at = NULL, last_n = NULL, pid = ?,
        process = substr(process, 1, instr(process, ' ')) || ?`).run(pid, String(stat()[19]))
      db.close()
      const store = await openSqliteStore({ path, settles: true })
      expect(await store.ledger.owners()).toMatchObject([{ id: 1, ended: { how: 'process_gone' } }, { id: 2 }])
      await store.close()
    } finally {
      parent.kill('SIGKILL')
    }
  })

  test('is never deleted', async () => {
    const path = newPath()
    await (await openSqliteStore({ path, settles: true })).close()
    const db = new DatabaseSync(path)
    expect(() => db.exec('DELETE FROM owner')).toThrow('an owner is never deleted')
    db.close()
  })
})

const newPath = () => join(mkdtempSync(join(tmpdir(), 'speka-')), 'speka.db')

/** A process that kills itself on hearing that its row is kept. */
function settleAndDie(path: string, row: string): string | null {
  const script = `
    import { Worker } from 'node:worker_threads'
    const [, url, path, row] = process.argv
    const worker = new Worker(new URL(url), { workerData: { path }, execArgv: [] })
    worker.on('message', ({ settled }) => {
      if (settled) process.kill(process.pid, 'SIGKILL')
      else worker.postMessage({ settle: [row] })
    })`
  const flags = ['--disable-warning=ExperimentalWarning', '--input-type=module', '--eval', script]
  const worker = new URL('./thread/worker.ts', import.meta.url).href
  return spawnSync(process.execPath, [...flags, worker, path, row]).signal
}
