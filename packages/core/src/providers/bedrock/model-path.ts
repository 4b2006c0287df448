/**
 * Where a model is asked. Its id, or the ARN of a profile, is one segment of the path, whatever is in it: behind a glob, callers
 * choose it.
 */
export const modelPath = (upstreamModel: string, method: string): string =>
  `/model/${encodeURIComponent(upstreamModel.toWellFormed())}/${method}`
