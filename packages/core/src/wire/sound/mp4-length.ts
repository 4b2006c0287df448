import type { SoundSeen } from './sound-length.ts'

/** An MP4 or M4A: the head of its movie says how long it is, at the beginning of the file or at its end (ISO/IEC 14496-12). */
export function mp4Length({ beginning, end }: SoundSeen): number | undefined {
  return lengthIn(beginning) ?? lengthIn(end)
}

function lengthIn(bytes: Buffer): number | undefined {
  const at = bytes.indexOf('mvhd', 0, 'latin1') + 4
  if (at === 3 || at + 32 > bytes.length) return undefined
  const isLong = bytes[at] === 1
  const scale = bytes.readUInt32BE(at + (isLong ? 20 : 12))
  const length = isLong ? Number(bytes.readBigUInt64BE(at + 24)) : bytes.readUInt32BE(at + 16)
  return scale === 0 || length === 0 ? undefined : length / scale
}
