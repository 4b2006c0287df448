import { hash, mix } from './hash.ts'
import { type Colour, encodePng } from './png.ts'
import { badRequest } from './refusal.ts'

const CELLS = 8
/** A line of one cell is then exactly one byte. */
const PIXELS_PER_CELL = 8
/** OpenAI's own limit. */
const MAX_IMAGES = 10

/**
 * The answer to an image request: for each prompt its own pattern of 64 by 64 pixels, whatever size was asked for.
 *
 * @throws Refusal when the request makes no sense.
 */
export function imagesAnswer(
  request: Readonly<Record<string, unknown>>,
  created: number,
): { created: number; data: ({ b64_json: string } | { url: string })[] } {
  const prompt = request['prompt']
  if (typeof prompt !== 'string' || prompt === '') throw badRequest('"prompt" must be a text.', 'prompt')
  const n = request['n'] ?? 1
  if (typeof n !== 'number' || !Number.isInteger(n) || n < 1 || n > MAX_IMAGES) {
    throw badRequest(`"n" must be a whole number from 1 to ${MAX_IMAGES}.`, 'n')
  }
  const format = request['response_format'] ?? 'b64_json'
  if (format !== 'b64_json' && format !== 'url') {
    throw badRequest('"response_format" must be "b64_json" or "url".', 'response_format')
  }
  const data = Array.from({ length: n }, (_, index) => {
    const base64 = drawPattern(hash(`${index} ${prompt}`)).toString('base64')
    return format === 'url' ? { url: `data:image/png;base64,${base64}` } : { b64_json: base64 }
  })
  return { created, data }
}

/** A symmetric pattern of cells; 32 bits of seed are just the left half of it. */
function drawPattern(seed: number): Buffer {
  const rows: Uint8Array[] = []
  for (let line = 0; line < CELLS; line += 1) {
    const left = (seed >>> (line * (CELLS / 2))) & 0xf
    const row = new Uint8Array(CELLS)
    for (let cell = 0; cell < CELLS / 2; cell += 1) {
      const lit = (left >> cell) & 1 ? 0xff : 0
      row[cell] = lit
      row[CELLS - 1 - cell] = lit
    }
    for (let repeat = 0; repeat < PIXELS_PER_CELL; repeat += 1) rows.push(row)
  }
  return encodePng(CELLS * PIXELS_PER_CELL, rows, LIGHT, darkColour(mix(seed + 1)))
}

const LIGHT: Colour = [0xf4, 0xf4, 0xf0]

/** Dark enough to stand out from {@link LIGHT}. */
const darkColour = (seed: number): Colour => [seed & 0x9f, (seed >>> 8) & 0x9f, (seed >>> 16) & 0x9f]
