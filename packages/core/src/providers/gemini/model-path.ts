/** What Google calls a model: `models/gemini-2.5-flash`. */
export function modelName(upstreamModel: string): string {
  return KIND.test(upstreamModel) ? upstreamModel : `models/${upstreamModel}`
}

const KIND = /^(?:models|tunedModels)\/./

/**
 * Where a model is found. Its name is one segment of the path, whatever is in it: behind a glob, callers choose it.
 *
 * @param method what is asked of it: `generateContent`.
 */
export function modelPath(upstreamModel: string, method: string): string {
  const name = modelName(upstreamModel).toWellFormed()
  const slash = name.indexOf('/')
  return `/${name.slice(0, slash)}/${encodeURIComponent(name.slice(slash + 1))}:${method}`
}
