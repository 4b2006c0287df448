/** The greatest of several readings: any delay between its two halves makes it smaller. */
const offset = Math.max(...Array.from({ length: 10 }, offsetNow))

function offsetNow(): number {
  const [seconds, nanoseconds] = process.hrtime()
  return seconds * 1e6 + nanoseconds / 1000 - performance.now() * 1000
}

/** Microseconds on the clock that all processes of a machine share and nobody sets. */
export const monotonicMicroseconds = (): number => offset + performance.now() * 1000
