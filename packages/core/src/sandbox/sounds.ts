/** A WAV file of samples of 16 bits, one channel. */
export function wavOf(samples: Buffer, sampleRate: number): Buffer {
  const head = Buffer.alloc(44)
  head.write('RIFF', 0, 'latin1')
  head.writeUInt32LE(36 + samples.length, 4)
  head.write('WAVEfmt ', 8, 'latin1')
  head.writeUInt32LE(16, 16)
  head.writeUInt16LE(1, 20)
  head.writeUInt16LE(1, 22)
  head.writeUInt32LE(sampleRate, 24)
  head.writeUInt32LE(sampleRate * 2, 28)
  head.writeUInt16LE(2, 32)
  head.writeUInt16LE(16, 34)
  head.write('data', 36, 'latin1')
  head.writeUInt32LE(samples.length, 40)
  return Buffer.concat([head, samples])
}

/** A frame of MPEG-2 layer III at 24 kHz and 32 kbit/s, one channel, in which nothing is coded: 24 ms of silence. */
const FRAME_BYTES = 96
const FRAME_SECONDS = 0.024
const FRAME_HEAD = 0xfff344c4

/** An MP3 in which nothing is heard, at least as long. */
export function silentMp3(seconds: number): Buffer {
  const frames = Math.ceil(seconds / FRAME_SECONDS)
  const sound = Buffer.alloc(frames * FRAME_BYTES)
  for (let index = 0; index < frames; index += 1) sound.writeUInt32BE(FRAME_HEAD, index * FRAME_BYTES)
  return sound
}
