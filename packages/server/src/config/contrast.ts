/** A colour in numbers from 0 to 255. */
export type Rgb = readonly [red: number, green: number, blue: number]

/** Reads `#1a6cb0` or `#16b`; `undefined` for anything else. */
export function readColor(text: string): Rgb | undefined {
  const short = /^#([\da-f])([\da-f])([\da-f])$/i.exec(text)
  const digits = short === null ? /^#([\da-f]{2})([\da-f]{2})([\da-f]{2})$/i.exec(text) : short
  if (digits === null) return undefined
  const [red, green, blue] = digits.slice(1).map((part) => Number.parseInt(part.length === 1 ? part + part : part, 16))
  return red === undefined || green === undefined || blue === undefined ? undefined : [red, green, blue]
}

export const writeColor = (color: Rgb): string =>
  `#${color.map((part) => Math.round(part).toString(16).padStart(2, '0')).join('')}`

/**
 * How well two colours can be told apart, from 1 to 21. Text needs 4.5 to be read by most people.
 *
 * @see https://www.w3.org/TR/WCAG22/#dfn-contrast-ratio
 */
export function contrast(one: Rgb, other: Rgb): number {
  const [lighter = 0, darker = 0] = [luminance(one), luminance(other)].sort((a, b) => b - a)
  return (lighter + 0.05) / (darker + 0.05)
}

/** The least contrast of text with what is behind it. */
export const READABLE = 4.5

/** @see https://www.w3.org/TR/WCAG22/#dfn-relative-luminance */
function luminance([red, green, blue]: Rgb): number {
  return 0.2126 * linear(red) + 0.7152 * linear(green) + 0.0722 * linear(blue)
}

function linear(part: number): number {
  const share = part / 255
  return share <= 0.040_45 ? share / 12.92 : ((share + 0.055) / 1.055) ** 2.4
}

/** A colour made lighter, step by step, until it can be read on a background. */
export function readableOn(color: Rgb, background: Rgb): Rgb {
  let lighter = color
  for (let step = 1; step <= 20 && contrast(lighter, background) < READABLE; step += 1) {
    const [red, green, blue] = color
    const towardsWhite = (part: number): number => part + ((255 - part) * step) / 20
    lighter = [towardsWhite(red), towardsWhite(green), towardsWhite(blue)]
  }
  return lighter
}
