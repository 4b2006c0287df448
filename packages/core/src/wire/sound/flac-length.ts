import type { SoundSeen } from './sound-length.ts'

/** A FLAC: its first block says how many samples there are, 0 when that was not known (RFC 9639, section 8.2). */
export function flacLength({ beginning }: SoundSeen): number | undefined {
  if (beginning.length < 26) return undefined
  const rate = beginning.readUIntBE(18, 3) >>> 4
  const samples = ((beginning[21] ?? 0) & 15) * 2 ** 32 + beginning.readUInt32BE(22)
  return rate === 0 || samples === 0 ? undefined : samples / rate
}
