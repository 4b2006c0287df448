import OpenAI from 'openai'
import type { SpekaError, UsageRecord } from '@speka/core'
import type { FaultCase, Observed } from './fault-row.ts'
import { PROMPT, type Rig } from './rig.ts'

let asked = 0

/** Lets a fault strike, and asks through it with the official SDK; every byte that it read is seen too. */
export async function ask(rig: Rig, id: string, fault: FaultCase): Promise<Observed> {
  const { app, faulty, well } = rig
  asked += 1
  const model = `${fault.place}/${fault.provider ?? 'faulty'}/${id}-${asked}`
  if (fault.script !== undefined) faulty.on(model, fault.script)
  // Whatever the model is called in the end, this goes through to every target.
  const mark = `"user":"${model}"`
  const failuresBefore = app.failures.length
  const wire = { status: 0, headers: new Headers(), text: '' }
  const client = new OpenAI({
    baseURL: `${app.origin}/v1`,
    apiKey: app.liveKey,
    maxRetries: 0,
    defaultHeaders: { ...fault.headers },
    fetch: async (url, init) => tapped(await fetch(url, init), wire),
  })
  const sdk = await answerOf(client, model, fault)
  const own = app.parts.live.current.engine.table
    .find(model)
    ?.targets.filter(({ provider }) => provider === (fault.provider ?? 'faulty'))
  return {
    model,
    ...wire,
    sdk,
    get records(): readonly UsageRecord[] {
      return app.settled.filter(({ requestedModel }) => requestedModel === model)
    },
    get failures(): readonly SpekaError[] {
      return app.failures.slice(failuresBefore)
    },
    asked: faulty.seen.filter(({ body }) => body.includes(mark)),
    others: well.seen.filter(({ body }) => body.includes(mark)),
    suspect: own?.some(({ health }) => health.isSuspect) === true,
  }
}

async function answerOf(client: OpenAI, model: string, { way, request }: FaultCase): Promise<Observed['sdk']> {
  const asked = { model, messages: [{ role: 'user' as const, content: PROMPT }], user: model, ...request }
  let text = ''
  try {
    if (way === 'JSON') {
      const completion = await client.chat.completions.create(asked)
      return { ok: true, text: completion.choices[0]?.message.content ?? '' }
    }
    let finished = false
    for await (const { choices } of await client.chat.completions.create({ ...asked, stream: true })) {
      const choice = choices.find(({ index }) => index === 0)
      text += choice?.delta.content ?? ''
      finished ||= choice?.finish_reason != null
    }
    if (!finished) throw new Error('The stream ended, and the SDK thought nothing of it; but no choice had finished.')
    return { ok: true, text }
  } catch (error) {
    return { ok: false, error, text }
  }
}

/** The same response, whose bytes are kept as they are read. */
function tapped(response: Response, wire: { status: number; headers: Headers; text: string }): Response {
  wire.status = response.status
  wire.headers = response.headers
  const decoder = new TextDecoder()
  const tap = new TransformStream<Uint8Array, Uint8Array>({
    transform(chunk, controller) {
      wire.text += decoder.decode(chunk, { stream: true })
      controller.enqueue(chunk)
    },
  })
  return new Response(response.body?.pipeThrough(tap) ?? null, response)
}
