import type { IDataObject } from 'n8n-workflow'
import { timeoutMsOf, withinBudget, type Asked, type AskOptions, type OptionValues } from '../shared/index.ts'
import type { ActionContext } from './action.ts'

/** Asks within the limits of the run: its time, what is left of its money, and the stop button. */
export function ask<Body>(
  { n8n, budget }: ActionContext,
  options: OptionValues,
  send: (limits: AskOptions) => Promise<Asked<Body>>,
): Promise<Asked<Body>> {
  const timeoutMs = timeoutMsOf(options)
  const limits = { signal: n8n.getExecutionCancelSignal(), ...(timeoutMs !== undefined && { timeoutMs }) }
  return withinBudget(budget, limits, send)
}

/** What every answer tells besides its own content, under the same names everywhere. What is not known is not there. */
export function facts({ course }: Asked<unknown>, usage: object | undefined): IDataObject {
  const { model, provider, costUsd, attempts, requestId } = course
  const known = { model, provider, usage: usageOf(usage), costUsd, attempts, requestId }
  return Object.fromEntries(Object.entries(known).filter(([, value]) => value !== undefined)) as IDataObject
}

/** OpenAI's counts under n8n's names. */
function usageOf(usage: object | undefined): IDataObject | undefined {
  if (usage === undefined) return undefined
  const counts = usage as Record<string, unknown>
  const prompt = counts['prompt_tokens'] ?? counts['input_tokens']
  const completion = counts['completion_tokens'] ?? counts['output_tokens']
  const cached = detail(counts['prompt_tokens_details'], 'cached_tokens')
  const reasoning = detail(counts['completion_tokens_details'], 'reasoning_tokens')
  const named = {
    promptTokens: prompt,
    completionTokens: completion,
    totalTokens: counts['total_tokens'],
    cachedTokens: cached,
    reasoningTokens: reasoning,
    images: counts['images'],
  }
  return Object.fromEntries(Object.entries(named).filter(([, value]) => typeof value === 'number')) as IDataObject
}

const detail = (details: unknown, name: string): unknown =>
  typeof details === 'object' && details !== null ? (details as Record<string, unknown>)[name] : undefined
