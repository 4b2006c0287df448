// Closes one month of a simulated store, at a simulated time, in a process of its own that can be killed.
import { closeMonth } from '../../packages/server/src/operations/close-month.ts'
import { operator } from '../../packages/server/src/cli/command.ts'
import { openSimulated } from './simulated-store.ts'

const [folder = '', month = '', at = ''] = process.argv.slice(2)
const { store, parts, clock } = await openSimulated(folder, false)
clock.now = Number(at)
const closed = await closeMonth({ ...parts, onProgress: () => process.stdout.write('.') }, operator, { month })
process.stdout.write(`\n${JSON.stringify(closed)}\n`)
await store.close()
