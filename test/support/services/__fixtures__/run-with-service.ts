import { spawn } from 'node:child_process'
import { makeOwnFolder } from '../../scratch-folder.ts'
import { endWithRun } from '../end-with-run.ts'

// A run of tests that has started a service, says which and where, and goes on until it is killed.
const [place = ''] = process.argv.slice(2)
const folder = makeOwnFolder(place, 'speka-service-')
const service = spawn(process.execPath, ['-e', 'setInterval(() => {}, 1000)'], { stdio: 'ignore' })
endWithRun(service, folder)
process.stdout.write(`${service.pid} ${folder}\n`)
setInterval(() => {}, 1000)
