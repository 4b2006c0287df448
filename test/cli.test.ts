import { existsSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import { parseUsd } from '@speka/core'
import { usageRecord } from '../packages/server/src/store/__fixtures__/usage-record.ts'
import { storeIn } from '../packages/server/src/store/open-store.ts'
import { eventually } from './support/eventually.ts'
import { freePort } from './support/free-port.ts'
import { runSpeka } from './support/run-speka.ts'
import { json, startScriptedUpstream, type ScriptedUpstream } from './support/scripted-upstream.ts'
import { type Gateway, spawnGateway } from './support/spawn-gateway.ts'

interface KeyShown {
  readonly id: string
  readonly key?: string
  readonly name: string
  readonly mode: string
  readonly status: string
}

const folder = mkdtempSync(join(tmpdir(), 'speka-cli-'))
const hello = { model: 'speka/sandbox', messages: [{ role: 'user', content: 'Hello!' }] }

let gateway: Gateway

beforeAll(async () => {
  gateway = await spawnGateway()
})

afterAll(async () => {
  await gateway?.close()
  rmSync(folder, { recursive: true, force: true })
})

const speka = (command: string) => runSpeka(command, { SPEKA_DATA_DIR: gateway.data })

async function shown<Value>(command: string): Promise<Value> {
  const { code, out, error } = await speka(`${command} --json`)
  expect({ code, error }).toEqual({ code: 0, error: '' })
  return JSON.parse(out) as Value
}

async function statusOf(key: string | undefined, model = 'speka/sandbox'): Promise<number> {
  const response = await fetch(`${gateway.baseURL}/chat/completions`, {
    method: 'POST',
    headers: { authorization: `Bearer ${key}` },
    body: JSON.stringify({ ...hello, model }),
  })
  await response.body?.cancel()
  return response.status
}

describe('beside a running server, a key', () => {
  test('is valid at once, and refused within a second of being revoked', async () => {
    const created = await shown<KeyShown>('keys create --name mine')
    expect(created).toEqual({
      id: expect.stringMatching(/^key_\w+$/),
      key: expect.stringMatching(/^sk-speka-live-\w+$/),
      name: 'mine',
      mode: 'live',
      account: 'default',
      plan: 'none',
      team: null,
      member: null,
      environment: null,
      tags: [],
      models: null,
      endpoints: null,
      providers: null,
      limits: [],
      status: 'active',
      created_at: expect.stringMatching(/^\d{4}-\d\d-\d\dT/),
      expires_at: null,
      revoked_at: null,
      replaced_by: null,
      replaced_until: null,
      last_used_at: null,
      revision: 1,
    })
    expect(await statusOf(created.key)).toBe(200)
    const listed = await shown<KeyShown[]>('keys list')
    const { key: _key, ...record } = created
    expect(listed).toContainEqual(record)
    expect(await shown(`keys show ${created.id}`)).toEqual(record)

    const revoked = await shown<KeyShown>(`keys revoke ${created.id}`)
    expect(revoked).toMatchObject({ id: created.id, status: 'revoked' })
    await eventually(async () => (await statusOf(created.key)) === 401, 'it is refused')
  })

  test('is replaced by another when it is rotated', async () => {
    const { id, key } = await shown<KeyShown>('keys create --name turning --models speka/*')
    expect(await statusOf(key)).toBe(200)
    const replaced = await shown<KeyShown & { replaces: string }>(`keys rotate ${id}`)
    expect(replaced).toMatchObject({ name: 'turning', replaces: id, models: ['speka/*'], status: 'active' })
    expect(await statusOf(replaced.key)).toBe(200)
    await eventually(async () => (await statusOf(key)) === 401, 'the old one is refused')
    expect(await speka(`keys rotate ${id}`)).toMatchObject({
      code: 1,
      error: expect.stringContaining('revoked already'),
    })
  })

  test('for tests reaches only the sandbox; one limited to models only those', async () => {
    const test = await shown<KeyShown>('keys create --name t --test')
    expect(test.key).toMatch(/^sk-speka-test-/)
    expect(await statusOf(test.key)).toBe(200)
    const limited = await shown<KeyShown>('keys create --name l --models meta/*,acme/*')
    expect(await statusOf(limited.key)).toBe(403)
  })

  test('goes on for its grace when it is rotated with one', async () => {
    const { id, key } = await shown<KeyShown>('keys create --name turning')
    const made = await shown<KeyShown & { replaces: string }>(`keys rotate ${id} --grace 24h`)
    expect(made.replaces).toBe(id)
    expect(await shown(`keys show ${id}`)).toMatchObject({ status: 'active', replaced_by: made.id })
    for (const each of [key, made.key]) expect(await statusOf(each)).toBe(200)
  })

  test('is limited to endpoints and providers, which may be changed and taken away', async () => {
    const { id, key } = await shown<KeyShown>('keys create --name l --endpoints embeddings --providers sandbox')
    expect(await statusOf(key)).toBe(403)
    await shown(`keys update ${id} --endpoints chat,embeddings`)
    await eventually(async () => (await statusOf(key)) === 200, 'it may chat')
    await shown(`keys update ${id} --providers other`)
    await eventually(async () => (await statusOf(key)) === 403, 'nobody may answer it')
    const env = { SPEKA_DATA_DIR: gateway.data }
    const all = await runSpeka(['keys', 'update', id, '--providers', '', '--endpoints', '', '--json'], env)
    expect(JSON.parse(all.out)).toMatchObject({ endpoints: null, providers: null })
    await eventually(async () => (await statusOf(key)) === 200, 'anybody may answer it')
  })

  test('stops with its account, and with its member', async () => {
    const account = (await shown<{ id: string }>('accounts create --name acme')).id
    const team = (await shown<{ id: string }>(`teams create --account ${account} --name research`)).id
    const invited = `members invite --account ${account} --email a@example.com --role member`
    const member = (await shown<{ id: string }>(invited)).id
    const labels = `--account ${account} --team ${team} --environment prod --tag batch --tag eu`
    const mine = await shown<KeyShown>(`keys create --name mine ${labels}`)
    const his = await shown<KeyShown>(`keys create --name his --member ${member} --account ${account}`)
    expect(mine).toMatchObject({ account, team, environment: 'prod', tags: ['batch', 'eu'] })
    const { out } = await speka(`keys list --account ${account}`)
    expect(out.split('\n')).toHaveLength(3)
    for (const { key } of [mine, his]) expect(await statusOf(key)).toBe(200)

    await shown(`members remove ${member}`)
    await eventually(async () => (await statusOf(his.key)) === 401, 'his key is refused')
    expect(await statusOf(mine.key)).toBe(200)
    await shown(`accounts suspend ${account}`)
    await eventually(async () => (await statusOf(mine.key)) === 403, 'its key is refused')
    await shown(`accounts resume ${account}`)
    await eventually(async () => (await statusOf(mine.key)) === 200, 'its key is taken again')
  })

  test('shows whose it is, at /v1/key', async () => {
    const account = (await shown<{ id: string }>('accounts create --name Zürich')).id
    const team = (await shown<{ id: string }>(`teams create --account ${account} --name Forschung`)).id
    const { key } = await shown<KeyShown>(`keys create --name k --account ${account} --team ${team} --environment dev`)
    const response = await fetch(`${gateway.baseURL}/key`, { headers: { authorization: `Bearer ${key}` } })
    expect(await response.json()).toMatchObject({
      account: { id: account, name: 'Zürich' },
      team: { id: team, name: 'Forschung' },
      environment: 'dev',
      tags: [],
      plan: 'none',
      endpoints: null,
      providers: null,
    })
  })

  test('is shown once, alone on standard output', async () => {
    const { out, error } = await speka('keys create --name once')
    expect(out).toMatch(/^sk-speka-live-\w+$/)
    expect(error).toContain('shown this once')
    for (const command of ['keys list', 'keys list --json', 'usage', 'usage --json', 'doctor'])
      expect((await speka(command)).out).not.toContain(out)
  })
})

describe('what was used', () => {
  test.each(['key', 'model', 'day'])('is added up by %s', async (by) => {
    expect(await statusOf(gateway.key)).toBe(200)
    const rows = await shown<Record<string, unknown>[]>(`usage --by ${by}`)
    expect(rows.length).toBeGreaterThan(0)
    for (const row of rows)
      expect(row).toEqual({
        [by]: expect.any(String),
        requests: expect.any(Number),
        failed: expect.any(Number),
        input_tokens: expect.any(Number),
        cached_input_tokens: expect.any(Number),
        output_tokens: expect.any(Number),
        cost_usd: expect.stringMatching(/^\d+(?:\.\d+)?$/),
        unpriced: expect.any(Number),
      })
  })

  test('comes as CSV', async () => {
    const { out } = await speka('usage --by model --csv')
    const [head, ...lines] = out.split('\n')
    expect(head).toBe('model,requests,failed,input_tokens,cached_input_tokens,output_tokens,cost_usd,unpriced')
    expect(lines.every((line) => line.split(',').length === 8)).toBe(true)
  })

  test('has a column with a mark-up, a fifth on top to the last decimal', async () => {
    const rows = await shown<{ cost_usd: string; marked_up_usd: string }[]>('usage --by model --markup 20')
    expect(rows.some(({ cost_usd: cost }) => parseUsd(cost) > 0n)).toBe(true)
    for (const row of rows) expect(parseUsd(row.marked_up_usd) * 5n).toBe(parseUsd(row.cost_usd) * 6n)
    const { out } = await speka('usage --by customer --markup 12.5 --csv')
    expect(out.split('\n')[0]).toMatch(/^customer,.*,unpriced,marked_up_usd$/)
  })

  test('is added up by several at once, within a span of time', async () => {
    const today = new Date().toISOString().slice(0, 10)
    const rows = await shown<Record<string, unknown>[]>(`usage --by hour,model,key --since ${today.slice(0, 4)}-01-01`)
    expect(rows[0]).toMatchObject({
      hour: expect.stringMatching(/T\d\d:00Z$/),
      model: expect.any(String),
      requests: expect.any(Number),
    })
    expect(await shown(`usage --by hour --until 2020-01-01`)).toEqual([])
  })

  test.each(['hour', 'team', 'environment', 'member', 'customer', 'tag', 'account', 'provider'])(
    'is added up by %s',
    async (by) => {
      const rows = await shown<Record<string, unknown>[]>(`usage --by ${by}`)
      expect(rows.map((row) => Object.keys(row)[0])).toEqual(rows.map(() => by))
      expect(rows.length).toBeGreaterThan(0)
    },
  )

  test('is nothing in the future', async () => {
    expect(await shown('usage --since 2100-01-01')).toEqual([])
  })
})

describe('the ledger', () => {
  test('has sums that equal its records, while a gateway writes', async () => {
    const under = Array.from({ length: 5 }, () => statusOf(gateway.key))
    expect(await speka('ledger verify')).toEqual({
      code: 0,
      out: expect.stringMatching(/^\d+ rows as they were written, and every sum equals its records\.$/),
      error: '',
    })
    expect(await Promise.all(under)).toEqual(under.map(() => 200))
    expect(await shown('ledger verify')).toEqual({
      intact: true,
      rows: expect.any(Number),
      problems: [],
      differences: [],
      invoices: 0,
      invoice_problems: [],
    })
  })

  test('has a sum that somebody has changed found, and made anew', async () => {
    const data = mkdtempSync(join(folder, 'ledger-'))
    const store = await storeIn(data).open()
    const records = [1n, 2n, 3n].map((charge) => usageRecord({ charge, model: '=danger()' }))
    for (const record of records) await store.ledger.settle(record)
    await store.ledger.totals({ by: 'key' })
    await store.close()
    const db = new DatabaseSync(join(data, 'projections.sqlite'))
    db.exec('UPDATE usage_hour SET charge_pico = 7; DELETE FROM request_index WHERE n = 2')
    db.close()
    const ledger = (command: string) => runSpeka(`ledger ${command}`, { SPEKA_DATA_DIR: data })
    const row = new DatabaseSync(storeIn(data).name)
    const whole = String(row.prepare('SELECT record FROM usage_record WHERE charge_pico = 3').get()?.['record'])
    row.exec(
      'DROP TRIGGER usage_record_is_never_changed; UPDATE usage_record SET charge_pico = 2000002 WHERE charge_pico = 2',
    )
    row.close()
    const changed = await ledger('verify')
    expect(changed.code).toBe(1)
    expect(changed.error).toContain(String(records[1]?.id))
    const torn = new DatabaseSync(storeIn(data).name)
    torn.exec(`UPDATE usage_record SET record = '{' WHERE charge_pico = 3`)
    torn.close()
    expect((await ledger('verify')).error).toContain(String(records[2]?.id))
    const back = new DatabaseSync(storeIn(data).name)
    back.prepare('UPDATE usage_record SET record = ? WHERE charge_pico = 3').run(whole)
    back.exec('UPDATE usage_record SET charge_pico = 2 WHERE charge_pico = 2000002')
    back.close()
    const { code, out, error } = await ledger('verify')
    expect({ code, out }).toEqual({ code: 1, out: '' })
    expect(error).toMatch(/usage_hour, hour .*account default, key key_A, .*: charge_pico is 7, the records say 6\./)
    expect(error).toMatch(/request_index, owner 1, n 2: charge_pico is none, the records say 2\./)
    expect(error).toContain('"speka ledger rebuild" makes them anew')
    expect(await ledger('rebuild')).toEqual({ code: 0, out: 'Added up 3 records anew.', error: '' })
    expect(await ledger('verify')).toMatchObject({ code: 0 })
    const csv = (await ledger('export')).out.split('\n')
    expect(csv).toHaveLength(4)
    expect(csv[0]).toMatch(/^id,created_at,account,key_id,/)
    expect(csv[1]).toContain(",'=danger(),")
    const lines = (await ledger('export --format jsonl --until 2100-01-01')).out
      .split('\n')
      .map((line) => JSON.parse(line))
    expect(lines.map(({ cost_usd: cost }) => cost)).toEqual(['0.000000000001', '0.000000000002', '0.000000000003'])
    expect((await ledger('export --format jsonl --since 2100-01-01')).out).toBe('')
  })
})

test('reading what is not there makes nothing', async () => {
  const data = join(folder, 'none')
  for (const command of ['keys list --json', 'usage --json', 'models --json', 'doctor --json'])
    expect(Array.isArray(JSON.parse((await runSpeka(`${command}`, { SPEKA_DATA_DIR: data })).out))).toBe(true)
  expect(existsSync(data)).toBe(false)
})

test('models are listed with their price and who serves them', async () => {
  const { out } = await runSpeka('models --json', { NVIDIA_API_KEY: 'k' })
  const models = JSON.parse(out) as { id: string; pricing?: object; providers: string[] }[]
  expect(models.find(({ id }) => id === 'meta/llama-3.3-70b-instruct')).toMatchObject({
    pricing: { currency: 'USD', input_per_1m: '0.2' },
    providers: ['nvidia'],
  })
  expect((await runSpeka('models')).out).toMatch(/^model .*\n(?:.*\n)*speka\/sandbox .* sandbox$/m)
})

async function examine(providers: object) {
  const config = join(folder, 'doctor.json')
  writeFileSync(config, JSON.stringify({ providers }))
  const { code, out } = await runSpeka(['doctor', '--config', config, '--data', join(folder, 'none'), '--json'])
  const findings = JSON.parse(out) as { what: string; state: string; says: string }[]
  return { code, finding: findings.at(-1) }
}

describe('the doctor', () => {
  let provider: ScriptedUpstream

  beforeAll(async () => {
    provider = await startScriptedUpstream(({ headers }) =>
      headers['authorization'] === 'Bearer right' ? json({ object: 'list', data: [] }) : json({ error: {} }, 401),
    )
  })

  afterAll(() => provider?.close())

  test.each([
    { what: 'takes the key', key: 'right', code: 0, state: 'ok', says: 'takes the key' },
    { what: 'refuses the key', key: 'wrong-canary', code: 1, state: 'wrong', says: 'refuses the key' },
  ])('sees that a provider $what', async ({ key, code, state, says }) => {
    const examined = await examine({ p: { type: 'nvidia', base_url: provider.baseURL, api_key: key } })
    expect(examined).toEqual({ code, finding: { what: 'provider p', state, says: `${provider.baseURL} ${says}` } })
    expect(provider.seen.at(-1)).toMatchObject({ method: 'GET', path: '/v1/models' })
  })

  test.each([
    { type: 'anthropic', sends: { 'x-api-key': 'k', 'anthropic-version': expect.any(String) } },
    { type: 'gemini', sends: { 'x-goog-api-key': 'k' } },
  ])('asks $type with its key where it wants it', async ({ type, sends }) => {
    await examine({ p: { type, base_url: provider.baseURL, api_key: 'k' } })
    expect(provider.seen.at(-1)?.headers).toMatchObject(sends)
    expect(provider.seen.at(-1)?.headers).not.toHaveProperty('authorization')
  })

  test('sees that nobody is there', async () => {
    const examined = await examine({ p: { type: 'vllm', base_url: `http://127.0.0.1:${await freePort()}/v1` } })
    expect(examined).toMatchObject({ code: 1, finding: { state: 'wrong', says: expect.stringContaining('(refused)') } })
  })

  test('says of a Redis that nobody shares a database for that it is not used', async () => {
    const env = { SPEKA_REDIS_URL: 'redis://:secret-canary@127.0.0.1:1' }
    const { code, out } = await runSpeka(['doctor', '--data', gateway.data], env)
    expect([code, out]).toEqual([
      0,
      expect.stringMatching(/note +redis +SPEKA_REDIS_URL is not used: .*SPEKA_DATABASE_URL/),
    ])
    expect(out).not.toContain('canary')
  })

  test('is not alone in that: the log of the start says so too', async () => {
    const env = { SPEKA_REDIS_URL: 'redis://127.0.0.1:1', SPEKA_LOG_LEVEL: 'warn' }
    const alone = await spawnGateway({}, { env })
    expect(alone.logs()).toContain('SPEKA_REDIS_URL is not used')
    await alone.close()
  })

  test('sees that the configuration is wrong, and where', async () => {
    const config = join(folder, 'wrong.yaml')
    writeFileSync(config, 'aliases: {}\nnope: 1\n')
    const { code, out } = await runSpeka(['doctor', '--config', config, '--data', gateway.data])
    expect(code).toBe(1)
    expect(out).toContain(`${config}:2 nope: is not a known field`)
    expect(out).toMatch(/ok +store +.*speka\.sqlite, \d+ keys/)
  })
})

describe('the audit', () => {
  test('has who made what, by the command line, and fits', async () => {
    const { id } = await shown<KeyShown>('keys create --name audited')
    const entries = await shown<object[]>('audit')
    expect(entries).toContainEqual(expect.objectContaining({ actor: 'operator:cli', action: 'key.create', id }))
    expect(await speka('audit')).toMatchObject({ code: 0, out: expect.stringMatching(/key\.create +key_\w+/) })
    expect(await shown('audit --since 2100-01-01')).toEqual([])
    expect(await shown('audit --verify')).toEqual({ entries: expect.any(Number), intact: true, broken: null })
  })

  test('names the entry that somebody has changed in the file', async () => {
    const data = mkdtempSync(join(folder, 'audit-'))
    for (const name of ['a', 'b', 'c']) await runSpeka(`accounts create --name ${name}`, { SPEKA_DATA_DIR: data })
    const db = new DatabaseSync(storeIn(data).name)
    db.exec(`DROP TRIGGER audit_is_never_changed; UPDATE audit SET actor = 'nobody' WHERE n = 2`)
    db.close()
    const verdict = await runSpeka('audit --verify', { SPEKA_DATA_DIR: data })
    expect(verdict).toEqual({ code: 1, out: '', error: 'Entry 2 does not fit: it was changed after it was written.' })
  })
})

test('a token of the management API is shown once', async () => {
  const made = await shown<{ id: string; token: string }>('tokens create --name ci --role viewer --account default')
  expect(made.token).toMatch(/^speka-admin-/)
  for (const command of ['tokens list', 'tokens list --json', 'audit --json'])
    expect((await speka(command)).out).not.toContain(made.token)
  expect(await shown(`tokens revoke ${made.id}`)).toMatchObject({ status: 'revoked' })
})

describe('limits', () => {
  test('are set, listed and removed', async () => {
    const set = await shown<{ id: string }>('limits set --each-customer --usd 5.5 --reset weekly --model meta/*')
    const told = { account: 'default', kind: 'usd', limit: '5.5', window: 'week', models: 'meta/*', status: 'active' }
    expect(set).toMatchObject({ ...told, subject: { kind: 'customer', id: null }, on_reached: 'stop' })
    const cheaper = 'limits set --tag batch --usd 1 --reset daily --on-reached fallback --fallback a b,c'
    expect(await shown(cheaper)).toMatchObject({ on_reached: 'fallback', fallback: ['a', 'b', 'c'] })
    expect((await speka('limits list')).out).toMatch(/each customer .* meta\/\* .* 5\.5 .* week .* stop .* active/)
    expect(await shown(`limits remove ${set.id}`)).toMatchObject({ status: 'removed' })
  })

  test('come with a key, and are changed and taken away with it', async () => {
    const limits = '--limit-usd 5 --reset monthly --rpm 60 --rpd 900 --tpm 70 --max-parallel 3'
    const made = await shown<{ id: string; limits: object[] }>(`keys create --name l ${limits}`)
    expect(made.limits).toHaveLength(5)
    const changed = await shown<{ limits: object[] }>(`keys update ${made.id} --limit-usd 7 --rpm  --tpm 80`)
    expect(changed.limits).toHaveLength(4)
    expect(changed.limits).toEqual(
      expect.arrayContaining([
        expect.objectContaining({ kind: 'usd', limit: '7', window: 'month' }),
        expect.objectContaining({ kind: 'tpm', limit: '80', window: 'minute' }),
      ]),
    )
    expect((await speka(`keys show ${made.id}`)).out).toMatch(/^limits .*kind usd limit 7 window month/m)
  })
})

test('the tables of a database are made, and told of as JSON', async () => {
  const data = mkdtempSync(join(folder, 'tables-'))
  const { code, out } = await runSpeka('db migrate --json', { SPEKA_DATA_DIR: data })
  expect([code, JSON.parse(out)]).toEqual([0, { store: expect.stringContaining(data), up_to_date: true }])
  expect(await runSpeka('ledger export --json', { SPEKA_DATA_DIR: data })).toMatchObject({ code: 0, out: '' })
})

describe('called wrongly', () => {
  test.each([
    ['fly', 'There is no command "fly"'],
    ['keys', 'Say which: speka keys create,'],
    ['start --nope', "Unknown option '--nope'"],
    ['start somewhere', 'Unexpected argument "somewhere"'],
    ['start --port', "'--port <value>' argument missing"],
    ['keys create', 'Give the key a name'],
    ['keys create --name x --plan gold', '--plan must be one of none, free, starter, pro, scale, not "gold"'],
    ['keys create --name x --account default --plan pro', '--plan must be that of the account, none'],
    ['keys create --name x --limit-usd lots', '--limit-usd must be a decimal string'],
    ['keys create --name x --limit-usd 5 --reset yearly', '--reset must be one of daily, weekly, monthly, never'],
    ['keys create --name x --reset daily', '--reset has a meaning only with --limit-usd'],
    ['keys create --name x --rpm 1.5', '--rpm must be a whole number'],
    ['keys create --name x --rpd 0', '--rpd must be a whole number'],
    ['keys create --name x --tpm many', '--tpm must be a whole number'],
    ['keys create --name x --max-parallel 99999999999', '--max-parallel must be a whole number'],
    ['keys create --name x --models a,,b', '--models is a list'],
    ['keys create --name x --endpoints planets', '--endpoints must be one of chat,'],
    ['keys create --name x --environment ', '--environment must be a text'],
    ['keys update key_none', 'Say what to change'],
    ['keys rotate key_none --grace soon', '--grace must be a span of time'],
    ['accounts create', '--name must not be empty'],
    ['accounts create --name x --plan gold', '--plan must be one of none, free,'],
    ['accounts create --name x --email nobody', '--email must be an e-mail address'],
    ['accounts plan default gold', 'plan must be one of none, free,'],
    ['accounts plan default', 'Give one account id and a plan'],
    ['members invite --email a@example.com --role king', '--role must be one of owner,'],
    ['tokens create --name x --role operator --account default', '--account: a token of the operator belongs to no'],
    ['audit --verify --since 2026-01-01', '--verify reads all of the audit'],
    ['limits', 'Say which: speka limits set,'],
    ['limits set', '--usd is missing: say one of'],
    ['limits set --usd 5 --rpm 5', '--rpm cannot stand beside usd'],
    ['limits set --usd 5 --reset hourly', '--reset must be one of daily'],
    ['limits set --rpm 5 --reset daily', '--reset has a meaning only with --usd'],
    ['limits set --usd 5 --on-reached fallback', '--fallback is missing'],
    ['limits set --usd 5 --fallback a', '--fallback has a meaning only'],
    ['limits set --usd 5 --key k --tag t', 'A limit has one subject'],
    ['limits set --usd 5 stray', '"stray" is no option'],
    ['limits remove', 'Give one limit id'],
    ['keys create --name x --expires tomorrow', '--expires must be a date'],
    ['keys create --name x --expires 2020-01-01', '--expires is in the past'],
    ['keys show', 'Give one key id'],
    ['keys revoke a b', 'Give one key id'],
    ['usage --by planet', '--by must be one of key, model, day'],
    ['usage --json --csv', 'Choose one of'],
    ['usage --markup 1001', '--markup must be a percentage from 0 to 1000'],
    ['usage --markup 1,5', '--markup must be a percentage'],
    ['invoice', 'Say which month: --month 2026-11'],
    ['invoice --month 2026-13', '--month must be a month such as 2026-11, not "2026-13"'],
    ['invoice --month 1999-01 --format pdf', '--format must be one of json, csv, html, not "pdf"'],
    ['invoice --month 2999-01', '--month 2999-01 has not begun yet'],
    ['invoice show', 'Give one number, such as 2026-000001'],
    ['invoice close', 'Say which month'],
    ['invoice close --month 2026-11 --without-owner all', '--without-owner must be ids of owners'],
    ['adjustments add --account default --usd 0 --reason x', '--usd must be an amount of US dollars'],
    ['adjustments add --account default --usd -5', '--reason must not be empty'],
    ['adjustments add --account default --usd 1e9 --reason x', '--usd must be an amount of US dollars'],
    ['adjustments add --account default --usd -5 --reason x --kind gift', '--kind must be one of amount, usage'],
    ['adjustments add --account default --usd -5 --reason x --about 2026-1', '--about must be a month such as 2026-11'],
    ['ledger export --format xml', '--format must be csv, jsonl or parquet'],
    ['ledger export --json --format csv', '--json is --format jsonl'],
    ['usage --until later', '--until must be a date'],
  ])('%s exits 2 and says why', async (command, says) => {
    const { code, out, error } = await speka(command)
    expect({ code, out }).toEqual({ code: 2, out: '' })
    expect(error).toContain(says)
    expect(error).not.toContain('\n')
  })

  test.each([
    'accounts show acc_none',
    'accounts suspend acc_none',
    'teams create --name x --account acc_none',
    'members remove mem_none',
    'tokens revoke tok_none',
    'keys create --name x --team team_none',
  ])('%s exits 1', async (command) => {
    expect(await speka(command)).toMatchObject({ code: 1, error: expect.stringMatching(/^There is no \w+ "\w+_none"/) })
  })

  test.each(['keys show key_none', 'keys revoke key_none', 'keys rotate key_none'])('%s exits 1', async (command) => {
    expect(await speka(command)).toMatchObject({
      code: 1,
      error: expect.stringContaining('There is no key "key_none"'),
    })
  })

  test('help shows what there is', async () => {
    expect(await runSpeka('help')).toMatchObject({ code: 0, out: expect.stringContaining('speka doctor') })
    expect(await runSpeka('keys create --help')).toMatchObject({ code: 0, out: expect.stringContaining('--expires') })
    expect(await runSpeka('--version')).toMatchObject({ code: 0, out: expect.stringMatching(/^\d+\.\d+\.\d+/) })
  })
})
