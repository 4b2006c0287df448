import type { SoundSeen } from './sound-length.ts'

/** What the head of a WAV file says. */
export interface WavLength {
  readonly bytesPerSecond: number
  readonly seconds: number
}

/** A RIFF of plain samples: how many bytes a second takes, and how many of them there are. What streams says of its size is not believed. */
export function wavLength({ beginning, bytes }: SoundSeen): WavLength | undefined {
  let bytesPerSecond = 0
  for (let at = 12; at + 8 <= beginning.length;) {
    const name = beginning.toString('latin1', at, at + 4)
    const size = beginning.readUInt32LE(at + 4)
    if (name === 'fmt ' && at + 24 <= beginning.length) {
      // Of the rate and the size of a sample for all channels: the third field, which is their product, may lie.
      bytesPerSecond = beginning.readUInt32LE(at + 12) * beginning.readUInt16LE(at + 20)
    } else if (name === 'data') {
      if (bytesPerSecond === 0) return undefined
      const there = Math.max(0, bytes - at - 8)
      return { bytesPerSecond, seconds: Math.min(size === 0 ? there : size, there) / bytesPerSecond }
    }
    at += 8 + size + (size % 2)
  }
  return undefined
}
