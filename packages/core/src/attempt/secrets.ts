/** Takes known secrets out of a text. */
export type Redact = (text: string) => string

/** So many letters of a secret in a row are removed, wherever in it they stand: a cut may have left no more. */
const TELLING = 12
/** A shorter one is removed where it stands alone: as part of a word it would be a coincidence. */
const LONG_ENOUGH = 8
const SHORTEST = 4

const REDACTED = '[redacted]'

/**
 * Takes `secrets` out of texts, whatever they look like: as they are, escaped or encoded for JSON, URLs, HTML and as base64 or
 * hexadecimal digits, in either case, spread over lines, and cut.
 */
export function redactor(secrets: readonly string[]): Redact {
  const needles = secrets.filter((secret) => secret.length >= SHORTEST).flatMap(needlesOf)
  if (needles.length === 0) return (text) => text
  return (text) => {
    // As it stands too: the last letter of a secret may make an escape of what comes behind it.
    const reads = [readThrough(text), asItStands(text)]
    const spans = reads.flatMap((read) => needles.flatMap((needle) => spansOf(needle, read, text)))
    return spans.length === 0 ? text : without(text, spans)
  }
}

interface Needle {
  readonly length: number
  /** Each run of letters that tells of the secret. */
  readonly runs: ReadonlySet<string>
  readonly isBase64: boolean
  /** Whether letters around it show that it is something else. */
  readonly standsAlone: boolean
}

function needlesOf(secret: string): Needle[] {
  const bytes = Buffer.from(secret)
  return [
    needle(readThrough(secret).letters),
    needle(asItStands(secret).letters),
    needle(bytes.toString('hex')),
    // As it may begin at each of the three bytes that four letters stand for.
    ...[0, 1, 2].map((shift) => needle(base64At(bytes, shift), true)),
  ].filter(({ isBase64, standsAlone }) => !isBase64 || !standsAlone)
}

function needle(letters: string, isBase64 = false): Needle {
  const length = Math.min(letters.length, TELLING)
  const runs = new Set<string>()
  for (let at = 0; at + length <= letters.length; at += 1) runs.add(letters.slice(at, at + length))
  return { length, runs, isBase64, standsAlone: letters.length < LONG_ENOUGH }
}

/** What of a secret's base64 does not depend on what stands around it. */
function base64At(bytes: Buffer, shift: number): string {
  const known = Math.floor(((shift + bytes.length) * 8) / 6)
  const text = Buffer.concat([Buffer.alloc(shift), bytes]).toString('base64')
  return oneBase64(text.slice(shift === 0 ? 0 : shift + 1, known).toLowerCase())
}

/** In the alphabet that is not for URLs. */
const oneBase64 = (letters: string): string => letters.replaceAll('-', '+').replaceAll('_', '/')

/** A text with its escapes and encodings undone, in lower case and without white space; and where each letter stands. */
interface ReadThrough {
  readonly letters: string
  readonly places: readonly Place[]
}

interface Place {
  readonly letter: string
  readonly start: number
  readonly end: number
}

const ENCODED =
  /%([\da-f]{2})|\\u([\da-f]{4})|\\x([\da-f]{2})|&#x([\da-f]{1,6});|&#(\d{1,7});|&(amp|lt|gt|quot|apos);|\\(.)/gi
const NAMED: Readonly<Record<string, string>> = { amp: '&', lt: '<', gt: '>', quot: '"', apos: "'" }
/** How often something may be encoded one in the other. */
const MOST_LAYERS = 3
const INVISIBLE = /[\s\u00ad\u200b-\u200f\u2060\ufeff]/

const asItStands = (text: string): ReadThrough => seen(placesIn(text))

function placesIn(text: string): Place[] {
  let end = 0
  return [...text].map((letter) => ({ letter, start: end, end: (end += letter.length) }))
}

function readThrough(text: string): ReadThrough {
  let places = placesIn(text)
  for (let layer = 0; layer < MOST_LAYERS; layer += 1) {
    const decoded = decode(places)
    if (decoded.length === places.length) break
    places = decoded
  }
  return seen(places)
}

function seen(all: readonly Place[]): ReadThrough {
  const places = all.filter(({ letter }) => !INVISIBLE.test(letter))
  return { letters: places.map(({ letter }) => letter.toLowerCase().charAt(0)).join(''), places }
}

function decode(places: readonly Place[]): Place[] {
  const text = places.map(({ letter }) => letter.charAt(0)).join('')
  const decoded: Place[] = []
  let from = 0
  for (const match of text.matchAll(ENCODED)) {
    const end = match.index + match[0].length
    const [first, last] = [places[match.index], places[end - 1]]
    if (first === undefined || last === undefined) continue
    decoded.push(...places.slice(from, match.index), { letter: letterOf(match), start: first.start, end: last.end })
    from = end
  }
  return from === 0 ? [...places] : [...decoded, ...places.slice(from)]
}

function letterOf([whole, url, json, code, hex, decimal, name, escaped]: RegExpMatchArray): string {
  const digits = url ?? json ?? code ?? hex
  const number = digits === undefined ? Number(decimal ?? NaN) : Number.parseInt(digits, 16)
  if (number <= 0x10_ffff) return String.fromCodePoint(number).charAt(0)
  if (escaped !== undefined) return 'nrt'.includes(escaped) ? ' ' : escaped
  return NAMED[name?.toLowerCase() ?? ''] ?? whole
}

type Span = readonly [start: number, end: number]

function spansOf({ length, runs, isBase64, standsAlone }: Needle, read: ReadThrough, text: string): Span[] {
  const letters = isBase64 ? oneBase64(read.letters) : read.letters
  const spans: Span[] = []
  for (let at = 0; at + length <= letters.length; at += 1) {
    if (!runs.has(letters.slice(at, at + length))) continue
    const [first, last] = [read.places[at], read.places[at + length - 1]]
    if (first === undefined || last === undefined) continue
    if (standsAlone && (isWord(text[first.start - 1]) || isWord(text[last.end]))) continue
    // The letters around it hold the rest of the secret, and what it was encoded with.
    spans.push(isBase64 ? widened([first.start, last.end], text) : [first.start, last.end])
  }
  return spans
}

const isWord = (letter: string | undefined): boolean => letter !== undefined && /[a-z\d]/i.test(letter)

function widened([start, end]: Span, text: string): Span {
  const before = /[\w+/=%-]*$/.exec(text.slice(Math.max(0, start - 1000), start))?.[0].length ?? 0
  const after = /^[\w+/=%-]*/.exec(text.slice(end))?.[0].length ?? 0
  return [start - before, end + after]
}

function without(text: string, spans: Span[]): string {
  let kept = ''
  let from = 0
  for (const [start, end] of spans.sort((a, b) => a[0] - b[0])) {
    if (start > from || kept === '') kept += text.slice(from, start) + REDACTED
    from = Math.max(from, end)
  }
  return kept + text.slice(from)
}
