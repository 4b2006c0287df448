import { Writable } from 'node:stream'
import { LogOutput } from './log-output.ts'

/** A sink that takes a line only when told to. */
function slowSink() {
  const taken: string[] = []
  const waiting: (() => void)[] = []
  const sink = new Writable({
    decodeStrings: false,
    write(line: string, _encoding, done) {
      waiting.push(() => {
        taken.push(line)
        done()
      })
    },
  })
  const takeAll = async (): Promise<void> => {
    while (waiting.length > 0) {
      for (const take of waiting.splice(0)) take()
      await new Promise(setImmediate)
    }
  }
  return { sink, taken, takeAll }
}

const line = 'x'.repeat(1023) + '\n'

test('lines that nobody reads are kept up to a mebibyte, then dropped and counted', async () => {
  const { sink, taken, takeAll } = slowSink()
  const output = new LogOutput(sink)
  for (let count = 0; count < 1100; count += 1) output.write(line)
  expect(sink.writableLength).toBe(1024 * 1024)
  await takeAll()
  output.write('after\n')
  await takeAll()
  expect(taken).toHaveLength(1026)
  expect(JSON.parse(taken[1024] ?? '')).toMatchObject({ level: 40, dropped: 76 })
  expect(taken[1025]).toBe('after\n')
})

test('a log that is closed is no error', () => {
  const { sink } = slowSink()
  sink.destroy()
  expect(() => new LogOutput(sink).write(line)).not.toThrow()
})
