// Loaded with `--import` into a gateway that a test starts: steps its wall clock by an hour forward at each SIGUSR2, and an hour
// back at each SIGWINCH, as an operator or a time server does. Clocks that only count on are left alone.
const HOUR_MS = 3_600_000
const { now } = Date
let stepped = 0

Date.now = () => now() + stepped
process.on('SIGUSR2', () => (stepped += HOUR_MS))
process.on('SIGWINCH', () => (stepped -= HOUR_MS))
