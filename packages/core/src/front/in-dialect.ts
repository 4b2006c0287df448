import type { Dialect } from '../dialects/dialect.ts'
import type { AnswerSink, Engine } from '../engine.ts'
import type { Call } from '../operations/call.ts'
import { join } from '../bytes/splice.ts'

/** What to start, and whom to have start it, for something asked as a call or in a dialect of chat. */
export function interpret(engine: Engine, asked: Call | Dialect): [Engine, Call] {
  if (!('call' in asked)) return [engine, asked]
  return [{ start: (call, sink) => engine.start(call, inDialect(sink, asked)) }, asked.call]
}

/** A sink for chat that hands on the dialect's bytes. What a target says in that dialect itself stays as it is. */
function inDialect(sink: AnswerSink, { call, ...dialect }: Dialect): AnswerSink {
  // The call itself is let go of while its answer streams.
  const { stream } = call
  let isNative = false
  return {
    commit(by) {
      isNative = by.dialect !== undefined
      sink.commit(by)
    },
    write(frames) {
      if (isNative) return sink.write(frames)
      const told = dialect.frames(frames)
      return told.length === 0 || sink.write(told)
    },
    settle: (record) => sink.settle(record),
    finish(tail, record) {
      if (isNative) return sink.finish(tail, record)
      const end = join(tail)
      if (dialect.last !== undefined) return void dialect.last(end).then((told) => sink.finish([told], record))
      sink.finish([stream ? dialect.frames(end) : dialect.answer(end)], record)
    },
    fail: (error, record, events) => sink.fail(error, record, events ?? dialect.failure(error)),
    refuse: (error, events) => sink.refuse(error, events ?? dialect.failure(error)),
  }
}
