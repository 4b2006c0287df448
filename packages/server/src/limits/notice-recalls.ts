import { isRecord, type OwnerId, type RecallAnswer } from '@speka/core/internal'
import { jsonIn } from '../notices/read-json.ts'

/** What owners of different replicas say to each other of money that is idle. It goes as JSON. */
export type RecallNotice =
  /** Give back what is idle of this budget, and answer to `from`. The same recall may be sent several times, each with its `try`. */
  | {
      readonly recalls: number
      readonly try: number
      readonly from: string
      readonly owner: OwnerId
      readonly budgetId: string
    }
  | { readonly recalled: number; readonly answer: RecallAnswer }

/** The channel on which an owner is asked. */
export const channelOf = (owner: OwnerId): string => `recall_${owner}`

/** @returns `undefined` for what is none, such as that of a version to come. */
export function readRecallNotice(text: string): RecallNotice | undefined {
  const read = jsonIn(text)
  if (!isRecord(read)) return undefined
  const { recalls, try: tries, from, owner, budgetId, recalled, answer } = read
  if (typeof recalled === 'number') return isAnswer(answer) ? { recalled, answer } : undefined
  if (typeof recalls !== 'number' || typeof tries !== 'number' || typeof owner !== 'number') return undefined
  if (typeof from !== 'string' || typeof budgetId !== 'string') return undefined
  return { recalls, try: tries, from, owner, budgetId }
}

const isAnswer = (answer: unknown): answer is RecallAnswer =>
  isRecord(answer) &&
  (answer['said'] === 'nothing idle' || answer['said'] === 'returned') &&
  typeof answer['grants'] === 'number'
