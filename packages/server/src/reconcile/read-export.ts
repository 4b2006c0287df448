import { decodeText } from './decode-text.ts'
import { exportError } from './export-error.ts'
import type { ExportOptions, ExportPart } from './export-line.ts'
import { readCsv } from './read-csv.ts'
import { readJson } from './read-json.ts'

/**
 * Reads a provider's export piece by piece, whatever kind it is. Nothing of it is kept.
 *
 * @throws SpekaError `invalid_request` that says what is wrong with it, and on which line.
 */
export async function* readExport(
  bytes: AsyncIterable<Uint8Array>,
  options: ExportOptions,
): AsyncGenerator<ExportPart> {
  const pieces = decodeText(bytes)
  let start = ''
  for (;;) {
    const { value, done } = await pieces.next()
    if (done === true) break
    start += value
    if (start.trimStart() !== '') break
  }
  if (start.trim() === '') throw exportError('The file is empty.')
  const all = startingWith(start, pieces)
  yield* /^\s*[{[]/.test(start) ? readJson(all, options) : readCsv(all, options)
}

async function* startingWith(start: string, pieces: AsyncIterable<string>): AsyncGenerator<string> {
  yield start
  yield* pieces
}
