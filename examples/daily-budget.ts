// A gateway inside your own program that spends no more than so much a day, and lets each customer have a part of it. Uses the sandbox.
import { createGateway, SpekaError } from '@speka/core/node'

const speka = createGateway({
  config: {},
  limits: [
    { usd: '5', window: 'day' },
    { usd: '0.00025', window: 'day', subject: { each: 'customer' } },
    { max_parallel: 10 },
  ],
})

const ask = (customer: string, content: string) =>
  speka.chat({ model: 'speka/sandbox', max_tokens: 200, messages: [{ role: 'user', content }] }, { customer })

for (let count = 1; ; count += 1) {
  try {
    await ask('ann', `Question ${count}`)
  } catch (error) {
    // Refused before anything was sent: money was left for a shorter answer at the most.
    if (!SpekaError.is(error) || error.code !== 'insufficient_quota') throw error
    console.log(
      `ann was refused after ${count - 1} answers: ${error.limit?.spent} of ${error.limit?.limit} USD are spent`,
    )
    break
  }
}

const { cost } = await ask('bob', 'And what about me?')
console.log(`bob was answered for ${cost} USD`)

for (const { subject, kind, window, remaining, limit } of await speka.limits({ customer: 'ann' }))
  console.log(`${subject}, ${kind} (${window}): ${remaining} of ${limit} are left`)
