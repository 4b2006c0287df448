import { mix } from './hash.ts'
import { type Colour, encodePng } from './png.ts'

/** Width and height in pixels. */
export interface Size {
  readonly width: number
  readonly height: number
}

const CELLS = 8

/**
 * A symmetric pattern of cells as a PNG; 32 bits of seed are just the left half of it.
 *
 * @param share how much of it is drawn, from the top.
 */
export function drawPattern(seed: number, { width, height }: Size, share: number): Buffer {
  const blank = new Uint8Array(Math.ceil(width / 8))
  const bands = Array.from({ length: CELLS }, (_, band) => lineOf((seed >>> (band * (CELLS / 2))) & 0xf, width))
  const drawn = Math.round(height * share)
  const rows = Array.from({ length: height }, (_, y) =>
    y < drawn ? (bands[Math.floor((y * CELLS) / height)] ?? blank) : blank,
  )
  return encodePng(width, rows, LIGHT, darkColour(mix(seed + 1)))
}

/** One line of pixels, a bit each: the cells of its left half, and their mirror image. */
function lineOf(left: number, width: number): Uint8Array {
  const line = new Uint8Array(Math.ceil(width / 8))
  for (let x = 0; x < width; x += 1) {
    const cell = Math.floor((x * CELLS) / width)
    const lit = (left >> Math.min(cell, CELLS - 1 - cell)) & 1
    line[x >> 3] = (line[x >> 3] ?? 0) | (lit << (7 - (x & 7)))
  }
  return line
}

const LIGHT: Colour = [0xf4, 0xf4, 0xf0]

/** Dark enough to stand out from {@link LIGHT}. */
const darkColour = (seed: number): Colour => [seed & 0x9f, (seed >>> 8) & 0x9f, (seed >>> 16) & 0x9f]
