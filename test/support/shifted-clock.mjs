// Loaded with `--import` into a gateway that a test starts: sets its wall clock off by as many ms as the file says that
// SPEKA_TEST_CLOCK names, in each process from its start on. Clocks that only count on are left alone.
import { readFileSync } from 'node:fs'

const shift = Number(readFileSync(process.env['SPEKA_TEST_CLOCK'] ?? '', 'utf8'))
const { now } = Date

Date.now = () => now() + shift
