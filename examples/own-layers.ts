// Layers of your own around the engine: one that refuses, one that answers what it has heard before. They would run in a
// server in the same way. Uses the sandbox, so it needs no key and no network.
import {
  answerHere,
  createGateway,
  realClock,
  SpekaError,
  startWatched,
  type Layer,
  type LayerAnswer,
} from '@speka/core/node'

/** Lets no address out of the house. */
const noAddresses: Layer = (next) => ({
  start(call, sink) {
    if (/[\w.]+@[\w.]+/.test(Buffer.from(call.body).toString()))
      throw new SpekaError('content_policy_violation', 'The request has an e-mail address in it. Take it out.')
    return next.start(call, sink)
  },
})

/** Remembers whole answers, by every byte of the request and the API it was asked through. */
const known = new Map<string, LayerAnswer>()
const remember: Layer = (next) => ({
  start(call, sink) {
    if (call.stream) return next.start(call, sink)
    const asked = `${call.surface ?? call.endpoint} ${Buffer.from(call.body).toString()}`
    const answer = known.get(asked)
    if (answer !== undefined) return answerHere(realClock, call, sink, answer)
    let dialect: LayerAnswer['dialect']
    return startWatched(next, call, sink, {
      commit: (by) => void ({ dialect } = by),
      rest: (rest) => void known.set(asked, { by: 'cache', dialect, rest }),
    })
  },
})

const speka = createGateway({
  config: {},
  layers: { guards: [noAddresses], cache: [remember] },
  onUsage: ({ outcome, provider, answeredBy }) => console.log(`${outcome}, answered by ${answeredBy ?? provider}`),
})

const ask = async (content: string): Promise<void> => {
  const { cost } = await speka.chat({ model: 'speka/sandbox', messages: [{ role: 'user', content }] })
  console.log(`cost ${cost} USD`)
}

await ask('What is a gateway?')
await ask('What is a gateway?')
await ask('Write to jo@example.com.').catch((error: unknown) => console.log(String(error)))
