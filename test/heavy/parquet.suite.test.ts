import { rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { parseUsd } from '@speka/core'
import { folderOfVariedRecords } from '../support/parquet/varied-records.ts'
import { pythonWith } from '../support/python/virtual-environment.ts'
import { runProgram } from '../support/run-program.ts'
import { runSpeka } from '../support/run-speka.ts'

type Line = Readonly<Record<string, unknown>> & { readonly created_at: string; readonly cost_usd: string | null }

const here = join(import.meta.dirname, '..', 'support', 'parquet')
let python: string
let data: string
let file: string

beforeAll(async () => {
  python = await pythonWith(join(here, 'requirements.txt'))
  data = await folderOfVariedRecords()
  file = join(data, 'records.parquet')
  const { bytes } = await runSpeka('ledger export --format parquet', { SPEKA_DATA_DIR: data })
  writeFileSync(file, bytes ?? '')
})

afterAll(() => rmSync(data, { recursive: true, force: true }))

test.each(['duckdb', 'arrow'])(
  '%s reads the records that an export as JSONL has, and sums them exactly',
  async (reader) => {
    const { out } = await runSpeka('ledger export --format jsonl', { SPEKA_DATA_DIR: data })
    const lines = out.split('\n').map((line) => JSON.parse(line) as Line)
    const { code, stdout, stderr } = await runProgram(python, [join(here, 'read_records.py'), reader, file])
    expect({ code, stderr }).toEqual({ code: 0, stderr: '' })
    const { rows, total } = JSON.parse(stdout)
    const wanted = lines.map((line) => ({
      ...line,
      created_at: Date.parse(line.created_at),
      cost_usd: line.cost_usd === null ? null : inTwelveDecimals(parseUsd(line.cost_usd)),
    }))
    expect(rows).toEqual(wanted)
    const sum = lines.reduce((usd, { cost_usd: cost }) => usd + (cost === null ? 0n : parseUsd(cost)), 0n)
    expect(total).toBe(inTwelveDecimals(sum))
  },
)

const inTwelveDecimals = (pico: bigint): string =>
  `${pico / 10n ** 12n}.${(pico % 10n ** 12n).toString().padStart(12, '0')}`
