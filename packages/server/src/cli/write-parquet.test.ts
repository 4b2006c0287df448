import { rmSync } from 'node:fs'
import { folderOfVariedRecords } from '../../../../test/support/parquet/varied-records.ts'
import { readParquet } from '../../../../test/support/parquet/read-parquet.ts'
import { runSpeka } from '../../../../test/support/run-speka.ts'
import type { RecordLine } from '../operations/export-records.ts'
import type { Terminal } from './command.ts'
import { openParquet, type ParquetOptions } from './write-parquet.ts'

describe('an export as Parquet', () => {
  let data: string
  beforeAll(async () => {
    data = await folderOfVariedRecords()
  })
  afterAll(() => rmSync(data, { recursive: true, force: true }))

  const exported = (options: string) => runSpeka(`ledger export ${options}`, { SPEKA_DATA_DIR: data })
  const linesOf = async (options = ''): Promise<RecordLine[]> =>
    (await exported(`--format jsonl ${options}`.trim())).out.split('\n').map((line) => JSON.parse(line) as RecordLine)

  test('has every record that one as JSONL has, each value the same, amounts to the pico-dollar', async () => {
    const { code, out, error, bytes } = await exported('--format parquet')
    expect({ code, out, error }).toEqual({ code: 0, out: '', error: '' })
    const { lines } = await readParquet(bytes ?? Buffer.of())
    expect(lines).toEqual(await linesOf())
    expect(lines.map(({ cost_usd: cost }) => cost)).toEqual(
      expect.arrayContaining([null, '0', '0.000000000001', '123456.789012345678', '9223372.036854775807']),
    )
  })

  test('has the span that was asked for', async () => {
    const span = '--since 2026-03-14T12:00:00.001Z'
    const { bytes } = await exported(`--format parquet ${span}`)
    expect((await readParquet(bytes ?? Buffer.of())).lines).toEqual(await linesOf(span))
  })

  test('of no record is a file with columns', async () => {
    const { bytes } = await exported('--format parquet --since 2100-01-01')
    expect(await readParquet(bytes ?? Buffer.of())).toEqual({ groups: [], lines: [] })
  })

  test('is handed over group by group, as it is read', async () => {
    const { pieces, terminal } = listening()
    const lines = (await linesOf()).slice(0, 7)
    const sink = await openParquet(terminal, { groupRecords: 3 })
    const after = lines.map((line) => {
      sink.take(line)
      return pieces.length
    })
    sink.end()
    expect(after).toEqual([0, 0, 1, 1, 1, 2, 2])
    expect(await readParquet(Buffer.concat(pieces))).toEqual({ groups: [3, 3, 1], lines })
  })
})

const missing: ParquetOptions['load'] = () => Promise.reject(new Error("Cannot find package 'hyparquet-writer'"))

test('where the library is not installed, it is said how to install it', async () => {
  await expect(openParquet(listening().terminal, { load: missing })).rejects.toMatchObject({
    name: 'SettingsError',
    message: expect.stringContaining('npm install hyparquet-writer@0.17'),
  })
})

test('nobody is shown it on a terminal', async () => {
  const { pieces, terminal } = listening()
  await expect(openParquet({ ...terminal, isTty: true })).rejects.toMatchObject({
    name: 'UsageError',
    message: expect.stringContaining('> records.parquet'),
  })
  expect(pieces).toEqual([])
})

function listening(): { pieces: Uint8Array[]; terminal: Terminal } {
  const pieces: Uint8Array[] = []
  return { pieces, terminal: { out() {}, bytes: (some) => void pieces.push(some), error() {}, isTty: false } }
}
