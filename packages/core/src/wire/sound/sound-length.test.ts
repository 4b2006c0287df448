import { silentMp3, wavOf } from '../../sandbox/sounds.ts'
import { FormFile } from '../form/form-file.ts'
import { isSound, likelySeconds, mostSeconds, soundSeconds } from './sound-length.ts'

/** A file as it went by, in pieces of that many bytes. */
function fileOf(bytes: Buffer, piece = 10_000): FormFile {
  const file = new FormFile()
  file.see({ kind: 'file', head: { name: 'file', filename: 'a', contentType: undefined } })
  for (let at = 0; at < bytes.length; at += piece) file.see({ kind: 'bytes', bytes: bytes.subarray(at, at + piece) })
  return file
}

const samples = (seconds: number): Buffer => Buffer.alloc(seconds * 16_000, 1)
const wav = (seconds: number): Buffer => wavOf(samples(seconds), 8000)

/** A head of a WAV that says something else at a place. */
function wavSaying(at: number, value: number, bytes: 2 | 4 = 4): Buffer {
  const changed = wav(3)
  changed.writeUIntLE(value, at, bytes)
  return changed
}

/** An MPEG-1 frame of layer III, 128 kbit/s at 44.1 kHz, stereo: 417 bytes. */
function mp3(frames: number, tag: Buffer = Buffer.alloc(0)): Buffer {
  const sound = Buffer.alloc(frames * 417)
  for (let index = 0; index < frames; index += 1) sound.writeUInt32BE(0xfffb9000, index * 417)
  return Buffer.concat([tag, sound])
}

/** The first of them says how many there are, as encoders of a variable rate do. */
function mp3Saying(frames: number, told: number): Buffer {
  const sound = mp3(frames)
  sound.write('Xing', 36, 'latin1')
  sound.writeUInt32BE(1, 40)
  sound.writeUInt32BE(told, 44)
  return sound
}

const id3 = (bytes: number): Buffer => {
  const tag = Buffer.alloc(10 + bytes)
  tag.write('ID3\u0004', 0, 'latin1')
  tag[8] = bytes >> 7
  tag[9] = bytes & 127
  return tag
}

function ogg(codec: 'OpusHead' | '\u0001vorbis', sample: number, rate: number, bytes: number): Buffer {
  const sound = Buffer.alloc(bytes)
  sound.write('OggS', 0, 'latin1')
  sound.write(codec, 28, 'latin1')
  sound.writeUInt32LE(rate, 40)
  sound.write('OggS', bytes - 500, 'latin1')
  sound.writeBigInt64LE(BigInt(sample), bytes - 494)
  return sound
}

function flac(samplesTold: number, bytes: number): Buffer {
  const sound = Buffer.alloc(bytes)
  sound.write('fLaC', 0, 'latin1')
  sound.writeUIntBE(44_100 << 4, 18, 3)
  sound.writeUInt32BE(samplesTold, 22)
  return sound
}

function mp4(at: number, bytes: number, seconds: number): Buffer {
  const sound = Buffer.alloc(bytes)
  sound.write('\0\0\0\u0018ftypM4A ', 0, 'latin1')
  sound.write('mvhd', at, 'latin1')
  sound.writeUInt32BE(1000, at + 16)
  sound.writeUInt32BE(seconds * 1000, at + 20)
  return sound
}

test.each([
  ['a WAV', wav(3), 3],
  ['a WAV of nothing', wav(0), 0],
  ['a WAV whose writer did not know how long it would be', wavSaying(40, 0xffffffff), 3],
  ['a WAV that claims to take more bytes a second than its samples do', wavSaying(28, 4_000_000), 3],
  ['an MP3 of one rate', mp3(383), 9.98],
  ['an MP3 behind a tag', mp3(383, id3(5000)), 9.98],
  ['an MP3 that says how many frames it has', mp3Saying(383, 400), 10.45],
  ['an MP3 of the sandbox', silentMp3(12), 12],
  ['an Ogg of Opus', ogg('OpusHead', 480_000, 16_000, 40_000), 10],
  ['an Ogg of Vorbis', ogg('\u0001vorbis', 441_000, 44_100, 120_000), 10],
  ['a FLAC', flac(441_000, 200_000), 10],
  ['an MP4 that begins with its length', mp4(40, 100_000, 10), 10],
  ['an MP4 that ends with its length', mp4(99_000, 100_000, 10), 10],
])('%s says how long it is, however it came', (_, bytes, seconds) => {
  for (const piece of [100, 7777, 1_000_000]) {
    expect(soundSeconds(fileOf(bytes, piece))).toBeCloseTo(seconds, 1)
    expect(isSound(fileOf(bytes, piece))).toBe(true)
  }
})

test.each([
  ['words', Buffer.from('Dear all, these are the minutes.')],
  ['nothing', Buffer.alloc(0)],
  ['a picture', Buffer.from('\u0089PNG\r\n\u001a\n', 'latin1')],
  ['an end of line', Buffer.from('\n')],
])('%s is no recording', (_, bytes) => {
  expect([isSound(fileOf(bytes)), soundSeconds(fileOf(bytes))]).toEqual([false, undefined])
})

test.each([
  ['a WAV without a format', Buffer.from('RIFF\0\0\0\0WAVEdata\u0001\0\0\0a', 'latin1')],
  ['a WAV cut in its head', wav(1).subarray(0, 20)],
  ['an MP3 whose frames have no rate', Buffer.from([0xff, 0xfb, 0x00, 0x00, 0, 0, 0, 0])],
  ['an MP3 that claims an hour for a second', mp3Saying(40, 140_000)],
  ['an MP3 that claims a second for an hour', mp3Saying(10_000, 40)],
  ['an Ogg of something else', ogg('OpusHead', 1, 1, 1000).fill('x', 28, 36)],
  ['a FLAC whose writer did not know', flac(0, 100_000)],
  ['an MP4 with its length in the middle', mp4(150_000, 300_000, 10)],
])('%s says nothing that can be believed', (_, bytes) => {
  expect(soundSeconds(fileOf(bytes))).toBeUndefined()
})

test('what it can have at the most follows from the lowest rate of its format, and is at most a day', () => {
  expect(mostSeconds(fileOf(wav(3)), 48_044)).toBeCloseTo(3, 1)
  expect(mostSeconds(fileOf(wavSaying(28, 4_000_000)), 48_044)).toBeCloseTo(3, 1)
  expect(mostSeconds(fileOf(mp3(10)), 1_000_000)).toBe(1000)
  expect(mostSeconds(fileOf(Buffer.from('who knows')), 1_000_000)).toBe(2000)
  expect(mostSeconds(fileOf(Buffer.from('who knows')), Infinity)).toBe(86_400)
})

test('a length is guessed by bytes on the high side', () => {
  expect(likelySeconds(60_000)).toBe(30)
})

test('of a long file a little is kept, of its beginning and of its end', () => {
  const long = Buffer.concat([Buffer.from('begin'), Buffer.alloc(3_000_000, 'x'), Buffer.from('end')])
  const file = fileOf(long, 50_000)
  expect(file.bytes).toBe(long.length)
  expect(file.beginning.toString('latin1', 0, 5)).toBe('begin')
  expect(file.end.subarray(-3).toString()).toBe('end')
  expect(file.beginning.length).toBe(64 * 1024)
  expect(file.end.length).toBeLessThan(200_000)
})
