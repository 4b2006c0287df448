import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { startLimitedServer, type LimitedServer } from './support/limited-server.ts'
import { completion, json, stream } from './support/scripted-upstream.ts'
import type { Step } from './support/script.ts'

/** What the upstream has written down to charge for: a request a line. */
interface Billed {
  readonly id: string
  readonly at: number
  readonly input: number
  readonly output: number
}

const log: Billed[] = []
const folder = mkdtempSync(join(tmpdir(), 'speka-reconcile-test-'))
const file = join(folder, 'usage.csv')
let server: LimitedServer

/** What scripted answers have as their id: ours are as long, so that the frames they are in stay as they are. */
const SCRIPTED_ID = 'chatcmpl-scripted'

/** The upstream's own price: half a dollar for a million tokens of a prompt, and a dollar and a half of an answer. */
const billedUsd = ({ input, output }: Billed): string => ((input * 5 + output * 15) / 10_000_000).toFixed(7)

/** Answers, or fails when the prompt says so, and writes down what it charges for. */
function answer(body: string): readonly Step[] {
  if (body.includes('fail')) return json({ error: { message: 'a bad moment' } }, 500)
  const billed = {
    id: `gen-${String(log.length).padStart(SCRIPTED_ID.length - 4, '0')}`,
    at: Date.now(),
    input: 1000 + log.length,
    output: 10 + log.length,
  }
  log.push(billed)
  const { id, ...counts } = billed
  if (!body.includes('"stream":true')) return json({ ...completion('Hi', counts), id })
  return stream(['Hi'], counts).map((step) =>
    typeof step === 'object' && 'write' in step
      ? { ...step, write: String(step.write).replaceAll(SCRIPTED_ID, id) }
      : step,
  )
}

const exported = (lines: readonly Billed[]): string =>
  ['generation_id,created_at,tokens_prompt,tokens_completion,cost_total']
    .concat(
      lines.map((line) =>
        [
          line.id,
          new Date(line.at).toISOString().replace('T', ' ').replace('Z', ''),
          line.input,
          line.output,
          billedUsd(line),
        ].join(','),
      ),
    )
    .join('\r\n')
    .concat('\r\n')

const speka = (options: string) => server.speka(`reconcile --provider scripted --file ${file} ${options}`.trim())

beforeAll(async () => {
  server = await startLimitedServer(
    {
      models: {
        'm/*': {
          targets: [{ provider: 'scripted', cost: { input: '0.5', output: '1.5' } }],
          price: { input: '1', output: '2' },
        },
      },
      routing: { max_attempts: 1 },
    },
    {},
    ({ body }) => answer(body),
  )
  const { key } = await server.key('')
  for (let asked = 0; asked < 6; asked += 1)
    expect(
      (await server.chat(key, asked % 2 === 0 ? {} : { stream: true, stream_options: { include_usage: true } })).status,
    ).toBe(200)
  expect((await server.chat(key, { messages: [{ role: 'user', content: 'fail' }] })).status).toBe(502)
})

afterAll(async () => {
  await server?.close()
  rmSync(folder, { recursive: true, force: true })
})

const day = (): string =>
  `--since ${new Date(Date.now() - 3_600_000).toISOString()} --until ${new Date(Date.now() + 3_600_000).toISOString()}`

test('the upstream’s own log agrees with the ledger, request by request, to the pico-dollar', async () => {
  writeFileSync(file, exported(log))
  const { code, out } = await speka(`${day()} --json`)
  const found = JSON.parse(out)
  const usd = log.reduce((sum, line) => sum + line.input * 5 + line.output * 15, 0) / 10_000_000
  expect(found).toMatchObject({
    agrees: true,
    format: 'openrouter',
    by: 'request',
    lines: 6,
    matched: { count: 6, export_usd: String(usd), ledger_usd: String(usd) },
    failed_attempts: 1,
    largest: [],
  })
  expect(code).toBe(0)
})

test('a line that is missing, one that differs, one too many and one that is there twice are told, and end it with 1', async () => {
  const [first, second, third, ...others] = log
  if (first === undefined || second === undefined || third === undefined) throw new Error('nothing was billed')
  const unknown = { ...first, id: 'gen-unknown' }
  writeFileSync(file, exported([second, second, { ...third, output: third.output + 1 }, unknown, ...others]))
  const { code, out } = await speka(`${day()} --csv`)
  const rows = out
    .split('\n')
    .slice(1)
    .map((row) => row.split(','))
  expect(rows.map(([what, , , id, request, line]) => [what, id, request !== '', line]).toSorted()).toEqual([
    ['different', third.id, true, '4'],
    ['double', second.id, false, '3'],
    ['missing_in_export', first.id, true, ''],
    ['missing_in_ledger', 'gen-unknown', false, '5'],
  ])
  expect(code).toBe(1)
  const shown = await speka(day())
  expect(shown.code).toBe(1)
  expect(shown.out).toMatch(/^missing in the export +1 +0 +0\.000515$/m)
  expect(shown.out).toContain('Attempts that failed, for which the provider may charge and has told no id: 1.')
})

test('sums by day and model agree too, and the margin is between the charge and the cost', async () => {
  const at = new Date(log[0]?.at ?? 0).toISOString().slice(0, 10)
  const [input, output] = [total(({ input }) => input), total(({ output }) => output)]
  writeFileSync(
    file,
    `time,model,input_tokens,output_tokens,cost_usd\n${at},m/hello,${input},${output},${(input * 5 + output * 15) / 10_000_000}\n`,
  )
  expect(await speka('--json')).toMatchObject({ code: 0, out: expect.stringContaining('"by":"day"') })
  const [margin] = JSON.parse((await server.speka('margin --by provider --uncosted --json')).out)
  const micro = { charge: input + output * 2, cost: input / 2 + output * 1.5 }
  expect(margin).toMatchObject({ group: 'scripted', requests: 7, unpriced: 0, uncosted: 0 })
  expect(Number(margin.charge_usd)).toBeCloseTo(micro.charge / 1e6, 12)
  expect(Number(margin.margin_usd)).toBeCloseTo((micro.charge - micro.cost) / 1e6, 12)
})

test('what is wrong with the file or the call is said, and nothing is compared', async () => {
  writeFileSync(file, exported(log).slice(0, -30))
  expect(await speka('')).toEqual({
    code: 1,
    out: '',
    error: expect.stringMatching(/^The file ends in the middle of line \d+: it was cut/),
  })
  expect((await server.speka(`reconcile --provider scripted --file ${file}.none`)).error).toContain('cannot be read')
  for (const [options, says] of [
    ['--json --csv', 'Choose one of --json and --csv.'],
    ['--format excel', '--format must be one of openai, anthropic, openrouter, csv, not "excel".'],
    ['--columns id', '--columns must be such as id=request_id,cost_usd=amount.'],
    ['--compare all', '--compare must be one of cost, tokens, not "all".'],
    ['--tolerance much', '--tolerance must be an amount of US dollars such as 0.000001.'],
    ['--since yesterday', '--since must be a date'],
  ] as const) {
    const { code, error } = await speka(options)
    expect(error).toContain(says)
    expect(code).toBe(2)
  }
  expect((await server.speka('reconcile --provider scripted')).error).toBe('Say where the export is: --file FILE.')
})

const total = (of: (line: Billed) => number): number => log.reduce((sum, line) => sum + of(line), 0)
