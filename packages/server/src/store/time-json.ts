/** What stands behind the whole milliseconds, by how many thousandths there are. */
const thousandths = Array.from({ length: 1000 }, (_, at) => (at / 1000).toString().slice(1))

/** From here on it is left to JSON. In ms: eleven days. */
const LONG_MS = 1_000_000_000

/** A time as JSON. Of whole microseconds, to which records are rounded, the parts are ready: Node takes longer to find them. */
export function timeJson(ms: number): string {
  const microseconds = Math.round(ms * 1000)
  return microseconds / 1000 === ms && ms >= 0 && ms < LONG_MS
    ? `${Math.floor(ms)}${thousandths[microseconds % 1000]}`
    : JSON.stringify(ms)
}
