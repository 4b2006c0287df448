import { ResponseReader } from '../../bench/load/response-reader.ts'

interface Read {
  readonly status: number
  readonly body: string
  readonly keepAlive: boolean
}

/** Everything read from pieces that arrive one after the other. The pieces are wiped after each read, as a shared buffer would be. */
function readAll(pieces: readonly Buffer[]): { responses: Read[]; isReading: boolean } {
  const responses: Read[] = []
  let body = ''
  const reader = new ResponseReader({
    body: (bytes) => (body += bytes.toString('latin1')),
    end({ status, keepAlive }) {
      responses.push({ status, body, keepAlive })
      body = ''
    },
  })
  for (const piece of pieces) {
    const lent = Buffer.from(piece)
    reader.read(lent)
    lent.fill(0)
  }
  return { responses, isReading: reader.isReading }
}

const bytes = (text: string): Buffer => Buffer.from(text, 'latin1')

const withLength = 'HTTP/1.1 200 OK\r\nContent-Type: text/plain\r\nContent-Length: 11\r\n\r\nhello\r\n\r\n.!'
const empty = 'HTTP/1.1 404 Not Found\r\ncontent-length: 0\r\nConnection: close\r\n\r\n'
const chunked =
  'HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\n5\r\nhello\r\n0A;name=value\r\n\r\n0\r\n\r\n123\r\n0\r\n\r\n'
const withTrailer = 'HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n2\r\nhi\r\n0\r\nname: value\r\n\r\n'

const cases = [
  { what: 'a length', text: withLength, status: 200, body: 'hello\r\n\r\n.!', keepAlive: true },
  { what: 'no body', text: empty, status: 404, body: '', keepAlive: false },
  {
    what: 'chunks that hold what ends chunks',
    text: chunked,
    status: 200,
    body: 'hello\r\n0\r\n\r\n123',
    keepAlive: true,
  },
  { what: 'a trailer', text: withTrailer, status: 200, body: 'hi', keepAlive: true },
]

test.each(cases)('a response with $what is read in one piece', ({ text, ...response }) => {
  expect(readAll([bytes(text)])).toEqual({ responses: [withoutText(response)], isReading: false })
})

test.each(cases)('a response with $what is read wherever it is cut in two', ({ text, ...response }) => {
  for (let cut = 1; cut < text.length; cut += 1) {
    const { responses } = readAll([bytes(text.slice(0, cut)), bytes(text.slice(cut))])
    expect({ cut, responses }).toEqual({ cut, responses: [withoutText(response)] })
  }
})

test.each(cases)('a response with $what is read byte by byte', ({ text, ...response }) => {
  expect(readAll([...text].map(bytes)).responses).toEqual([withoutText(response)])
})

test('one response after the other is read', () => {
  const { responses } = readAll(cases.map(({ text }) => bytes(text)))
  expect(responses.map(({ body }) => body)).toEqual(cases.map(({ body }) => body))
})

test('a response that is not complete is not reported', () => {
  expect(readAll([bytes(chunked.slice(0, -1))])).toEqual({ responses: [], isReading: true })
})

test.each([
  { what: 'bytes after the end', text: `${withLength}x`, says: /after the end/ },
  { what: 'bytes after the last chunk', text: `${chunked}x`, says: /after the end/ },
  { what: 'neither length nor chunks', text: 'HTTP/1.1 200 OK\r\n\r\nhello', says: /neither/ },
  { what: 'no HTTP', text: 'SSH-2.0-OpenSSH\r\n\r\n', says: /Not a response/ },
  {
    what: 'a chunk longer than it says',
    text: 'HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\n2\r\nhello\r\n',
    says: /longer/,
  },
  {
    what: 'a chunk without a size',
    text: 'HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\n\r\n',
    says: /size/,
  },
])('$what is an error', ({ text, says }) => {
  expect(() => readAll([bytes(text)])).toThrow(says)
})

const withoutText = ({ status, body, keepAlive }: Read): Read => ({ status, body, keepAlive })
