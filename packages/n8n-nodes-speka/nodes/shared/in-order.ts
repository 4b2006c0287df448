/**
 * Runs a piece of work for each index from 0 on, so many at once, and gives the results in the order of the indexes. The first
 * failure ends it: nothing new begins.
 *
 * @throws what the first failed piece threw
 */
export async function inOrder<Result>(
  count: number,
  atOnce: number,
  work: (index: number) => Promise<Result>,
): Promise<Result[]> {
  const results: Result[] = []
  let next = 0
  let failed = false
  const worker = async (): Promise<void> => {
    while (next < count && !failed) {
      const index = next
      next += 1
      let done = false
      try {
        results[index] = await work(index)
        done = true
      } finally {
        if (!done) failed = true
      }
    }
  }
  await Promise.all(Array.from({ length: Math.max(1, Math.min(atOnce, count)) }, worker))
  return results
}
