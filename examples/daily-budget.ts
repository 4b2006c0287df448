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

for (let isServed = true; isServed;) {
  try {
    await ask('ann', 'And then?')
  } catch (error) {
    // Refused before anything was sent. A shorter answer might still fit.
    if (!SpekaError.is(error) || error.code !== 'insufficient_quota') throw error
    console.log(`ann has no more: ${error.limit?.limit} USD a ${error.limit?.window} for ${error.limit?.subject}`)
    isServed = false
  }
}

const { cost } = await ask('bob', 'And what about me?')
console.log(`bob was answered for ${cost} USD`)

const limits = await speka.limits({ customer: 'bob' })
for (const { subject, kind, remaining, limit } of limits.filter(({ subject }) => subject === 'each customer'))
  console.log(`${subject}, ${kind}: bob has ${remaining} of ${limit} left`)
