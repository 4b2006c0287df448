/**
 * Has this process do one thing after the other, where each would wait in the database for a lock of the one before: so all that wait hold one
 * connection, and the rest are there for others.
 */
export function inTurn(): <T>(work: () => Promise<T>) => Promise<T> {
  let last: Promise<unknown> = Promise.resolve()
  return (work) => {
    const turn = last.then(work)
    last = turn.catch(() => {})
    return turn
  }
}
