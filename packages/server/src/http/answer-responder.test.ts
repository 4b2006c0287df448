import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { describeAnswerSink, gotFrom, type FrontCase } from '../../../core/src/front/answer-sink.contract.ts'
import { openMemoryStore } from '../store/memory/open-store.ts'
import { createLog } from '../telemetry/log.ts'
import { Metrics } from '../telemetry/metrics.ts'
import { AnswerResponder } from './answer-responder.ts'
import { KeepAlive } from './keep-alive.ts'

/** The responder over a real socket. */
const open: FrontCase['open'] = async (engine, settle) => {
  const { ledger } = openMemoryStore()
  const parts = {
    ledger: { ...ledger, settle: async (record: Parameters<typeof settle>[0]) => settle(record) },
    keepAlive: new KeepAlive(60_000),
    log: createLog('silent'),
    metrics: new Metrics(),
  }
  const asked: Parameters<typeof engine.start>[0][] = []
  const server = createServer((_request, response) => {
    const call = asked.shift()
    if (call === undefined) return
    const responder = new AnswerResponder(parts, call, response)
    responder.attach(engine.start(call, responder), 0)
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const { port } = server.address() as AddressInfo
  return {
    ask(call) {
      asked.push(call)
      const leaving = new AbortController()
      const response = fetch(`http://127.0.0.1:${port}`, { signal: leaving.signal })
      response.catch(() => {})
      return { read: async () => gotFrom(await (await response).text()), leave: () => leaving.abort() }
    },
    async close() {
      server.closeAllConnections()
      await new Promise((resolve) => server.close(resolve))
    },
  }
}

describeAnswerSink("the server's responder, of a stream,", { stream: true, open })
describeAnswerSink("the server's responder, of one piece,", { stream: false, open })
