/** Whose models Vertex serves by an API that we speak. */
export type Publisher = 'google' | 'anthropic'

const families: Readonly<Record<Publisher, RegExp>> = {
  google: /^(?:publishers\/google\/models\/|google\/|models\/)/,
  anthropic: /^(?:publishers\/anthropic\/models\/|anthropic\/|(?=claude-))/,
}

/** Whether a model is of a publisher, by its name. What names nobody is Google's. */
export const isOf = (publisher: Publisher, upstreamModel: string): boolean => families[publisher].test(upstreamModel)

/**
 * Where a model is found. Its name is one segment of the path, whatever is in it: behind a glob, callers choose it.
 *
 * @param method what is asked of it: `generateContent`.
 */
export function publisherPath(publisher: Publisher, upstreamModel: string, method: string): string {
  // One that was tuned, or deployed by hand.
  const own = /^endpoints\/([\w-]+)$/.exec(upstreamModel)?.[1]
  if (own !== undefined) return `/endpoints/${own}:${method}`
  return `/publishers/${publisher}/models/${encodeURIComponent(nameOf(publisher, upstreamModel))}:${method}`
}

/** What its publisher calls a model. */
export const nameOf = (publisher: Publisher, upstreamModel: string): string =>
  upstreamModel.toWellFormed().replace(families[publisher], '')
