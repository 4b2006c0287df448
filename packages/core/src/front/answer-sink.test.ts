import { SpekaError } from '../errors.ts'
import { mintRequestId } from '../uuid.ts'
import { describeAnswerSink, gotFrom, type Caller, type Front } from './answer-sink.contract.ts'
import { collect } from './collect.ts'
import { createFetch } from './fetch.ts'
import { iterateFrames, type Settle } from './iterate.ts'
import type { Engine } from '../engine.ts'
import type { Call } from '../operations/call.ts'

const frontOf = (ask: Front['ask']): Front => ({ ask, close: async () => {} })

const codeOf = (error: unknown): string => {
  if (SpekaError.is(error)) return error.code
  throw error
}

describeAnswerSink('collect', {
  stream: false,
  open: async (engine, settle) =>
    frontOf((call) => {
      const leaving = new AbortController()
      const collected = collect(engine, call, settle, leaving.signal).then(
        ({ body }) => ({ text: body.toString(), code: undefined }),
        (error: unknown) => ({ text: '', code: codeOf(error) }),
      )
      return { read: () => collected, leave: () => leaving.abort() }
    }),
})

describeAnswerSink('iterate', {
  stream: true,
  open: async (engine, settle) =>
    frontOf((call) => {
      const leaving = new AbortController()
      const frames = iterateFrames(engine, call, settle, leaving.signal)
      // It starts with the first thing asked of it.
      const first = frames.next()
      first.catch(() => {})
      return {
        async read() {
          let text = ''
          try {
            for (let step = await first; step.done !== true; step = await frames.next())
              text += Buffer.from(step.value).toString()
            return { text, code: undefined }
          } catch (error) {
            return { text, code: codeOf(error) }
          }
        },
        leave: () => leaving.abort(),
      }
    }),
})

const fetching =
  (engine: Engine, settle: Settle) =>
  (call: Call): Caller => {
    const ask = createFetch({
      engine,
      settle,
      models: () => [],
      formReaders: {},
      facts: () => ({ id: mintRequestId(call.receivedAt), receivedAt: call.receivedAt }),
      readers: { '/chat/completions': () => call },
    })
    const leaving = new AbortController()
    const response = ask('http://x/chat/completions', { method: 'POST', body: '{}', signal: leaving.signal })
    response.catch(() => {})
    return { read: async () => gotFrom(await (await response).text()), leave: () => leaving.abort() }
  }

describeAnswerSink('fetch, of a stream,', { stream: true, open: async (...world) => frontOf(fetching(...world)) })
describeAnswerSink('fetch, of one piece,', { stream: false, open: async (...world) => frontOf(fetching(...world)) })
