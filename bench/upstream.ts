// An upstream that costs as little as an upstream can: sockets, a byte search, answers made beforehand. Listens on a free port of
// 127.0.0.1 and tells it to the process that started it.
import { createServer, type Socket } from 'node:net'
import {
  chatResponse,
  contentEvent,
  paddedStream,
  streamHead,
  streamTail,
  vectorsResponse,
} from './upstream/answers.ts'
import { wholeStream, wordAt, type AnswerKind } from './upstream/answers.ts'
import { anthropicStream } from './upstream/anthropic-stream.ts'
import { geminiStream } from './upstream/gemini-stream.ts'
import { PacedStreams } from './upstream/paced-streams.ts'
import { responsesStream } from './upstream/responses-stream.ts'
import { RequestCutter } from './upstream/request-cutter.ts'

type Answer = (socket: Socket) => void

/** From the first token of `mock-first` to the rest, in ms: long enough that nothing can be waiting for the rest. */
const FIRST_TO_REST_MS = 5

const paced = new PacedStreams()

/** How each kind is answered. Bytes that can be made beforehand are made once per model, when it is first asked for. */
const kinds: Record<AnswerKind, (model: string, length: number) => Answer> = {
  small: (model) => writing(chatResponse(model)),
  vectors: (model) => writing(vectorsResponse(model)),
  events: (model, length) => writing(wholeStream(model, length)),
  padded: (model, length) => writing(paddedStream(model, length)),
  anthropic: (model, length) => writing(anthropicStream(model, length)),
  gemini: (model, length) => writing(geminiStream(model, length)),
  responses: (model, length) => writing(responsesStream(model, length)),
  paced: (model, length) => (socket) => paced.add(socket, model, length),
  first(model) {
    const first = Buffer.concat([streamHead, contentEvent(model, wordAt(0), true)])
    const rest = Buffer.concat([contentEvent(model, wordAt(1)), streamTail(model)])
    return (socket) => {
      socket.write(first)
      setTimeout(() => socket.write(rest), FIRST_TO_REST_MS)
    }
  },
  idle: (model) => writing(Buffer.concat([streamHead, contentEvent(model, wordAt(0), true)])),
}

const notFound = Buffer.from('HTTP/1.1 404 Not Found\r\ncontent-length: 0\r\n\r\n')

const answers = new Map<string, Answer>()

function answerOf(model: string): Answer {
  const known = answers.get(model)
  if (known !== undefined) return known
  const [, kind = '', length = '1'] = /^mock-([a-z]+)(?:-(\d+))?$/.exec(model) ?? []
  const answer = kind in kinds ? kinds[kind as AnswerKind](model, Number(length)) : writing(notFound)
  answers.set(model, answer)
  return answer
}

function writing(bytes: Buffer): Answer {
  return (socket) => {
    socket.write(bytes)
  }
}

const server = createServer({ noDelay: true }, (socket) => {
  const cutter = new RequestCutter((model) => answerOf(model)(socket))
  socket.on('data', (bytes: Buffer) => {
    try {
      cutter.read(bytes)
    } catch {
      socket.destroy()
    }
  })
  socket.on('error', () => socket.destroy())
})

server.listen({ host: '127.0.0.1', port: 0, backlog: 4096 }, () => {
  const address = server.address()
  process.send?.({ port: typeof address === 'object' ? address?.port : undefined })
})
