/** The ids most like `asked`, best first, for "did you mean": at most `limit`, none that has little in common with it. */
export function nearestIds(asked: string, ids: Iterable<string>, limit = 3): string[] {
  const wanted = asked.slice(0, 100).toLowerCase()
  return [...ids]
    .map((id) => ({ id, likeness: likeness(wanted, id.toLowerCase()) }))
    .filter(({ likeness: score }) => score >= 0.34)
    .sort((a, b) => b.likeness - a.likeness || a.id.localeCompare(b.id))
    .slice(0, limit)
    .map(({ id }) => id)
}

/** Dice's coefficient over pairs of letters; an id that contains the question counts as close. */
function likeness(a: string, b: string): number {
  if (a.length > 2 && b.includes(a)) return 1
  const pairs = new Map<string, number>()
  for (let index = 0; index < a.length - 1; index += 1) {
    const pair = a.slice(index, index + 2)
    pairs.set(pair, (pairs.get(pair) ?? 0) + 1)
  }
  let shared = 0
  for (let index = 0; index < b.length - 1; index += 1) {
    const left = pairs.get(b.slice(index, index + 2)) ?? 0
    if (left === 0) continue
    pairs.set(b.slice(index, index + 2), left - 1)
    shared += 1
  }
  return (2 * shared) / Math.max(1, a.length + b.length - 2)
}
