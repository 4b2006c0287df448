import type { FormFile } from '../form/form-file.ts'
import { flacLength } from './flac-length.ts'
import { mp3Length } from './mp3-length.ts'
import { mp4Length } from './mp4-length.ts'
import { oggLength } from './ogg-length.ts'
import { wavLength } from './wav-length.ts'

/** What was seen of a recording. */
export interface SoundSeen {
  /** Its first bytes and its last, as far as they were kept. */
  readonly beginning: Buffer
  readonly end: Buffer
  /** How long it is, in bytes. */
  readonly bytes: number
}

/** A format of sound, as far as its length can be told from it. */
interface SoundFormat {
  /** Whether a file begins as such a one. */
  is(beginning: Buffer): boolean
  /** Seconds of one whose length it tells; `undefined`: it does not. */
  length(sound: SoundSeen): number | undefined
  /** The fewest bytes that a second of it takes. */
  readonly leastBytesPerSecond: (beginning: Buffer) => number
}

const startsWith =
  (mark: string, at = 0) =>
  (beginning: Buffer): boolean =>
    beginning.toString('latin1', at, at + mark.length) === mark

const formats: readonly SoundFormat[] = [
  // What its head says of a second is what it takes.
  {
    is: (beginning) => startsWith('RIFF')(beginning) && startsWith('WAVE', 8)(beginning),
    length: (sound) => wavLength(sound)?.seconds,
    leastBytesPerSecond: (beginning) =>
      wavLength({ beginning, end: beginning, bytes: beginning.length })?.bytesPerSecond ?? LEAST_OF_ANY,
  },
  // The lowest rate that it has is 8 kbit/s.
  {
    is: (beginning) => startsWith('ID3')(beginning) || (beginning[0] === 0xff && ((beginning[1] ?? 0) & 0xe0) === 0xe0),
    length: mp3Length,
    leastBytesPerSecond: () => 1000,
  },
  // Opus goes down to 6 kbit/s.
  { is: startsWith('OggS'), length: oggLength, leastBytesPerSecond: () => 750 },
  // Silence is next to nothing.
  { is: startsWith('fLaC'), length: flacLength, leastBytesPerSecond: () => 100 },
  { is: startsWith('ftyp', 4), length: mp4Length, leastBytesPerSecond: () => 750 },
]

/** The codecs of telephones, the lowest of all, have 4.75 kbit/s. */
const LEAST_OF_ANY = 500
/** Speech as it is usually kept: 16 kbit/s, and more than that for nearly all of it. */
const USUAL_BYTES_PER_SECOND = 2000
/** A second takes no more than this where it is compressed: what claims to be shorter is not believed. */
const MOST_BYTES_PER_SECOND = 40_000
/** Longer than any recording that is taken: a day. */
const MOST_SECONDS = 86_400

const formatOf = (beginning: Buffer): SoundFormat | undefined => formats.find(({ is }) => is(beginning))

/** Whether a file begins as a recording does, in one of the formats that can be told. */
export const isSound = ({ beginning }: Pick<FormFile, 'beginning'>): boolean => formatOf(beginning) !== undefined

/** How many seconds a recording has, by what it says of itself; `undefined`: it says nothing that can be believed. */
export function soundSeconds({ beginning, end, bytes }: FormFile): number | undefined {
  const format = formatOf(beginning)
  const seconds = format?.length({ beginning, end, bytes })
  if (format === undefined || seconds === undefined || !Number.isFinite(seconds) || seconds < 0) return undefined
  const isPlain = format === formats[0]
  if (!isPlain && seconds < bytes / MOST_BYTES_PER_SECOND && bytes > MOST_BYTES_PER_SECOND) return undefined
  return seconds > bytes / format.leastBytesPerSecond(beginning) + 1 ? undefined : seconds
}

/** How many it is likely to have, by its length in bytes. */
export const likelySeconds = (bytes: number): number => Math.min(bytes / USUAL_BYTES_PER_SECOND, MOST_SECONDS)

/**
 * How many it can have at the most.
 *
 * @param bytes that it can have at the most.
 */
export function mostSeconds({ beginning }: Pick<FormFile, 'beginning'>, bytes: number): number {
  const least = formatOf(beginning)?.leastBytesPerSecond(beginning) ?? LEAST_OF_ANY
  return Math.min(bytes / least, MOST_SECONDS)
}
