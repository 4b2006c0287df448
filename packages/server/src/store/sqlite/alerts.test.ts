import { existsSync, mkdtempSync, readdirSync, statSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import type { NewAlert } from '../alerts.ts'
import { MOST_REFUSALS, type Refused } from '../refusals.ts'
import { sqliteAlerts } from './alerts.ts'

const NOON = Date.UTC(2026, 10, 29, 12)

let path: string
let opened: { close(): Promise<void> }[]
beforeEach(() => {
  path = join(mkdtempSync(join(tmpdir(), 'speka-alerts-')), 'speka-alerts.sqlite')
  opened = []
})
afterEach(() => Promise.all(opened.map((each) => each.close())))

/** The alerts of one process. */
function open(): ReturnType<typeof sqliteAlerts> {
  const alerts = sqliteAlerts(path)
  opened.push(alerts)
  return alerts
}

let made = 0

function newAlert(over: Partial<NewAlert> = {}): NewAlert {
  made += 1
  const endpoints = [{ id: 'hook', host: 'hooks.example.com' }]
  return { id: `alert_${made}`, kind: 'target.down', at: NOON, account: undefined, body: '{}', endpoints, ...over }
}

test('of several processes that raise one occasion at once, one does', async () => {
  const kept = await Promise.all([open(), open(), open()].map((one) => one.raise(newAlert({ occasion: 'the same' }))))
  expect(kept.filter(Boolean)).toHaveLength(1)
})

test('of several processes that look for what is due at once, each gets its own', async () => {
  const all = [open(), open(), open()]
  for (let n = 0; n < 30; n += 1) await all[0]?.raise(newAlert())
  const claim = { endpoints: ['hook'], now: NOON, until: NOON + 60_000, most: 10 }
  const taken = (await Promise.all(all.map((one) => one.claim(claim)))).flat()
  expect(taken).toHaveLength(30)
  expect(new Set(taken.map(({ alert }) => alert.id)).size).toBe(30)
})

test('all of it is there in the next life', async () => {
  const first = open()
  await first.raise(newAlert({ occasion: 'lasting' }))
  await first.claim({ endpoints: ['hook'], now: NOON, until: NOON + 60_000, most: 1 })
  await first.close()
  const next = open()
  expect(await next.occasions(['target.down'])).toEqual(['lasting'])
  expect(await next.list()).toMatchObject([{ deliveries: [{ state: 'waiting', attempts: 1 }] }])
})

test('who only reads makes no file', async () => {
  const alerts = open()
  expect([await alerts.list(), await alerts.occasions(['target.down']), await alerts.refusals.list()]).toEqual([
    [],
    [],
    [],
  ])
  expect(await alerts.refusals.byLimit(0)).toEqual(new Map())
  await alerts.tidy(NOON)
  expect(existsSync(path)).toBe(false)
})

const whereModesAre = process.platform === 'win32' ? test.skip : test
whereModesAre('the file, and what is beside it, are for their owner only', async () => {
  const before = process.umask(0o000)
  try {
    await open().raise(newAlert())
  } finally {
    process.umask(before)
  }
  const folder = join(path, '..')
  const modes = readdirSync(folder).map((name) => [name, statSync(join(folder, name)).mode & 0o777])
  expect(modes).toEqual(['', '-shm', '-wal'].map((suffix) => [`speka-alerts.sqlite${suffix}`, 0o600]))
})

test('a file of a later version is refused, and left as it is', async () => {
  await open().raise(newAlert())
  await Promise.all(opened.map((each) => each.close()))
  const file = new DatabaseSync(path)
  file.exec('PRAGMA user_version = 99')
  await expect(open().raise(newAlert())).rejects.toThrow('newer version of Speka')
  expect(file.prepare('SELECT count(*) AS n FROM alert').get()).toEqual({ n: 1 })
  file.close()
})

const refused = (over: Partial<Refused> = {}): Refused => ({
  minute: NOON,
  account: 'default',
  keyId: 'key_1',
  limitId: 'lim_1',
  subject: 'key',
  kind: 'rpm',
  window: 'minute',
  refused: 1,
  ...over,
})

test('what several processes count as refused at once is added up', async () => {
  await Promise.all([open(), open(), open()].map((one) => one.refusals.count([refused({ refused: 5 })])))
  expect(await open().refusals.list()).toMatchObject([{ refused: 15 }])
})

test('of refusals as many are kept as there is room for, the newest', async () => {
  const { refusals } = open()
  await refusals.count(Array.from({ length: MOST_REFUSALS + 10 }, (_, n) => refused({ keyId: `key_${n}` })))
  const [newest] = await refusals.list({ limit: 1 })
  expect(newest?.n).toBe(MOST_REFUSALS + 10)
  expect(await refusals.list({ after: 11 })).toEqual([])
  expect(await refusals.list({ after: 12 })).toMatchObject([{ keyId: 'key_10' }])
})

test('a file from before refusals were counted takes them, and keeps its alerts', async () => {
  const first = open()
  await first.raise(newAlert())
  await first.close()
  const file = new DatabaseSync(path)
  file.exec('DROP TABLE refusal; PRAGMA user_version = 1')
  file.close()
  const next = open()
  await next.refusals.count([refused()])
  expect([(await next.list()).length, (await next.refusals.list()).length]).toEqual([1, 1])
})
