import type { SoundSeen } from './sound-length.ts'

/** Rates of layer III in kbit/s, by the index in a frame's head: of MPEG 1, and of 2 and 2.5. */
const RATES_1 = [0, 32, 40, 48, 56, 64, 80, 96, 112, 128, 160, 192, 224, 256, 320]
const RATES_2 = [0, 8, 16, 24, 32, 40, 48, 56, 64, 80, 96, 112, 128, 144, 160]
/** Samples a second, by the version's two bits and the index. */
const SAMPLE_RATES: Readonly<Record<number, readonly number[]>> = {
  3: [44_100, 48_000, 32_000],
  2: [22_050, 24_000, 16_000],
  0: [11_025, 12_000, 8000],
}
const MPEG_1 = 3
const LAYER_3 = 1
const MONO = 3

/** An MP3: as many frames as its encoder says that it has, or as its size makes at the rate of the first. */
export function mp3Length({ beginning, bytes }: SoundSeen): number | undefined {
  const start = behindTag(beginning)
  if (start + 4 > beginning.length) return undefined
  const head = beginning.readUInt32BE(start)
  if (head >>> 21 !== 0x7ff) return undefined
  const version = (head >>> 19) & 3
  const rate = (version === MPEG_1 ? RATES_1 : RATES_2)[(head >>> 12) & 15]
  const samplesPerSecond = SAMPLE_RATES[version]?.[(head >>> 10) & 3]
  if (((head >>> 17) & 3) !== LAYER_3 || rate === undefined || samplesPerSecond === undefined) return undefined
  const samples = version === MPEG_1 ? 1152 : 576
  const isMono = ((head >>> 6) & 3) === MONO
  const frames = framesTold(beginning, start + 4 + sideBytes(version === MPEG_1, isMono))
  if (frames !== undefined) return (frames * samples) / samplesPerSecond
  return rate === 0 ? undefined : ((bytes - start) * 8) / (rate * 1000)
}

/** Where the sound begins behind an ID3v2 tag, whose size is told seven bits a byte. */
function behindTag(beginning: Buffer): number {
  if (beginning.toString('latin1', 0, 3) !== 'ID3' || beginning.length < 10) return 0
  return 10 + [6, 7, 8, 9].reduce((size, at) => size * 128 + ((beginning[at] ?? 0) & 127), 0)
}

const sideBytes = (isFirst: boolean, isMono: boolean): number => (isFirst ? (isMono ? 17 : 32) : isMono ? 9 : 17)

/** How many frames the encoder says that there are, in the place of the first one's sound. */
function framesTold(beginning: Buffer, at: number): number | undefined {
  if (at + 12 > beginning.length) return undefined
  const mark = beginning.toString('latin1', at, at + 4)
  const hasFrames = (beginning.readUInt32BE(at + 4) & 1) === 1
  return (mark === 'Xing' || mark === 'Info') && hasFrames ? beginning.readUInt32BE(at + 8) : undefined
}
