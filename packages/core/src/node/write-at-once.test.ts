import { Socket } from 'node:net'
import { writeAtOnce } from './write-at-once.ts'

/** What a socket hands over, one entry for each write; of pieces, all of them. */
function watched(): { readonly socket: Socket; readonly written: (Buffer | 'pieces')[] } {
  const socket = new Socket()
  const written: (Buffer | 'pieces')[] = []
  socket._writev = (_pieces, done) => {
    written.push('pieces')
    done()
  }
  socket._write = (chunk: Buffer | string, encoding, done) => {
    written.push(typeof chunk === 'string' ? Buffer.from(chunk, encoding) : chunk)
    done()
  }
  writeAtOnce(socket)
  return { socket, written }
}

const everyByte = Buffer.from(Array.from({ length: 256 }, (_, byte) => byte))

/** Writes pieces so that they wait for each other. */
function write(socket: Socket, pieces: readonly (readonly [Buffer | string, BufferEncoding])[]): void {
  socket.cork()
  for (const [chunk, encoding] of pieces) socket.write(chunk, encoding)
  socket.uncork()
}

test('small pieces are written as one, byte for byte', () => {
  const { socket, written } = watched()
  write(socket, [
    ['HTTP/1.1 200 OK\r\nx: \xe9\r\n\r\n', 'latin1'],
    [everyByte, 'utf8'],
    [Buffer.from('né 🙂'), 'utf8'],
    ['', 'utf8'],
  ])
  expect(written).toEqual([
    Buffer.concat([Buffer.from('HTTP/1.1 200 OK\r\nx: \xe9\r\n\r\n', 'latin1'), everyByte, Buffer.from('né 🙂')]),
  ])
})

test('large pieces, many that are small, and texts in another encoding are left to Node', () => {
  const { socket, written } = watched()
  write(socket, [
    ['head', 'latin1'],
    [Buffer.alloc(8 * 1024 + 1), 'utf8'],
  ])
  write(
    socket,
    Array.from({ length: 9 }, () => [Buffer.alloc(1024), 'utf8'] as const),
  )
  write(socket, [
    ['head', 'latin1'],
    ['né', 'utf8'],
  ])
  expect(written).toEqual(['pieces', 'pieces', 'pieces'])
})

test('whoever waits for the pieces hears when the one has been written', () => {
  const { socket } = watched()
  const heard: string[] = []
  socket.cork()
  socket.write('a', 'latin1', () => heard.push('a'))
  socket.write('b', 'latin1', () => heard.push('b'))
  socket.uncork()
  expect(socket.writableLength).toBe(0)
  return new Promise<void>((resolve) => {
    socket.write('c', 'latin1', () => {
      expect(heard).toEqual(['a', 'b'])
      resolve()
    })
  })
})
