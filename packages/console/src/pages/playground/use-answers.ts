import { useEffect, useRef, useState } from 'react'
import { answerOf, api } from '../../api/client.ts'
import { readRequestRecord } from '../request/request-record.ts'
import type { Answer } from './answer.ts'
import { noAnswer } from './answer.ts'
import { askModel } from './ask-model.ts'
import type { Body, Kind } from './playground-form.ts'

/** What is asked of a column's model. */
export interface Question {
  readonly kind: Kind
  readonly model: string
  readonly body: Body
  readonly as: Readonly<Record<'key_id' | 'account', string | undefined>>
}

/** A question, and what has come of it. */
export interface Asked {
  readonly question: Question
  readonly answer: Answer
  /** What its record says, where the answer itself could not say what it cost. */
  readonly outcome: string | undefined
}

/** How often a record is looked for, and after how many ms: it is written as the connection closes. */
const LOOKS = 10
const LOOK_MS = 300

/** The answers of all columns, by their place. Whoever leaves the page stops what is under way. */
export function useAnswers() {
  const [asked, setAsked] = useState<readonly Asked[]>([])
  const stops = useRef<readonly AbortController[]>([])
  useEffect(() => () => stops.current.forEach((stop) => stop.abort()), [])

  const run = async (question: Question, at: number, { signal }: AbortController, round: AbortController[]) => {
    // What an earlier question has left behind is not shown as the answer to this one.
    const change = (changes: Partial<Asked>): void => {
      if (stops.current === round)
        setAsked((before) => before.map((one, index) => (index === at ? { ...one, ...changes } : one)))
    }
    const answer = await askModel({
      ...question,
      body: { model: question.model, ...question.body },
      signal,
      tell: (now) => change({ answer: now }),
    })
    if (answer.requestId === undefined || (answer.state !== 'stopped' && answer.state !== 'broken')) return
    const found = await recordOf(answer.requestId)
    if (found === undefined) return
    const { outcome, usage, cost_details: cost } = found
    change({
      outcome,
      answer: {
        ...answer,
        inputTokens: usage.prompt_tokens ?? undefined,
        outputTokens: usage.completion_tokens ?? undefined,
        usd: cost?.total,
      },
    })
  }

  return {
    asked,
    isBusy: asked.some(({ answer }) => isUnderWay(answer)),
    /** Asks anew, all at once. */
    ask(questions: readonly Question[]): void {
      stops.current.forEach((stop) => stop.abort())
      const round = questions.map(() => new AbortController())
      stops.current = round
      setAsked(questions.map((question) => ({ question, answer: noAnswer, outcome: undefined })))
      for (const [at, question] of questions.entries()) {
        const stop = round[at]
        if (stop !== undefined) void run(question, at, stop, round)
      }
    },
    stop: (at: number): void => stops.current[at]?.abort(),
    stopAll: (): void => stops.current.forEach((stop) => stop.abort()),
    /** Takes the answers away, as when other models stand there. */
    clear(): void {
      stops.current.forEach((stop) => stop.abort())
      stops.current = []
      setAsked([])
    },
  }
}

export const isUnderWay = ({ state }: Answer): boolean => state === 'waiting' || state === 'answering'

async function recordOf(id: string): Promise<ReturnType<typeof readRequestRecord> | undefined> {
  for (let looks = 0; looks < LOOKS; looks += 1) {
    await new Promise((resolve) => setTimeout(resolve, LOOK_MS))
    try {
      return readRequestRecord(await answerOf(api.GET('/api/v1/requests/{id}', { params: { path: { id } } })))
    } catch {
      // It is not there yet.
    }
  }
  return undefined
}
