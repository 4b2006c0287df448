import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { existsSync, mkdirSync, mkdtempSync, readdirSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { eventually } from '../eventually.ts'
import { makeOwnFolder, removeAbandoned } from '../scratch-folder.ts'
import { node } from '../spawn-gateway.ts'
import { endWithRun } from './end-with-run.ts'

const newPlace = () => mkdtempSync(join(tmpdir(), 'speka-'))

function isRunning(pid: number): boolean {
  try {
    return process.kill(pid, 0)
  } catch {
    return false
  }
}

test('a run that is killed leaves no service behind, and no folder', async () => {
  const run = spawn(node, [join(import.meta.dirname, '__fixtures__', 'run-with-service.ts'), newPlace()], {
    stdio: ['ignore', 'pipe', 'inherit'],
  })
  const [said] = (await once(run.stdout.setEncoding('utf8'), 'data')) as [string]
  const [pid = '', folder = ''] = said.trim().split(' ')
  expect([isRunning(Number(pid)), existsSync(folder)]).toEqual([true, true])
  run.kill('SIGKILL')
  await eventually(() => !isRunning(Number(pid)) && !existsSync(folder), 'both are gone')
})

test('the folder of a service that ends by itself stays: it may be started again', async () => {
  const folder = newPlace()
  const service = spawn(node, ['-e', ''], { stdio: 'ignore' })
  endWithRun(service, folder)
  await once(service, 'exit')
  expect(existsSync(folder)).toBe(true)
})

test('folders of runs that are gone are removed, and those of others are not', () => {
  const place = newPlace()
  const own = makeOwnFolder(place, 'speka-service-')
  const ended = 2 ** 22 + 1
  for (const name of [`speka-service-${ended}-abc`, `speka-other-${ended}-abc`, 'speka-service-abc'])
    mkdirSync(join(place, name))
  removeAbandoned(place, 'speka-service-')
  expect(
    readdirSync(place)
      .map((name) => join(place, name))
      .toSorted(),
  ).toEqual([own, join(place, 'speka-service-abc'), join(place, `speka-other-${ended}-abc`)].toSorted())
})
