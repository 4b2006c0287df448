import type { SoundSeen } from './sound-length.ts'

const PAGE = 'OggS'
/** Whatever rate it was recorded at, Opus counts 48,000 samples a second (RFC 7845). */
const OPUS_RATE = 48_000

/** An Ogg of Opus or Vorbis: its last page says at which sample it ends. */
export function oggLength({ beginning, end }: SoundSeen): number | undefined {
  const rate = rateIn(beginning)
  const page = end.lastIndexOf(PAGE, undefined, 'latin1')
  if (rate === undefined || page === -1 || page + 14 > end.length) return undefined
  const sample = end.readBigInt64LE(page + 6)
  return sample < 0n ? undefined : Number(sample) / rate
}

function rateIn(beginning: Buffer): number | undefined {
  if (beginning.includes('OpusHead')) return OPUS_RATE
  const vorbis = beginning.indexOf('\u0001vorbis', 0, 'latin1')
  return vorbis === -1 || vorbis + 16 > beginning.length ? undefined : beginning.readUInt32LE(vorbis + 12) || undefined
}
