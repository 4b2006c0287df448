import { spawnSync } from 'node:child_process'
import { existsSync, mkdirSync, mkdtempSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { basename, dirname, join } from 'node:path'
import { makeScratchFolder, removeScratchFolder } from './scratch-folder.ts'

const newPlace = () => mkdtempSync(join(tmpdir(), 'speka-place-'))

test('a scratch folder is made in the first place that there is', () => {
  const [first, second] = [newPlace(), newPlace()]
  expect(dirname(makeScratchFolder([join(first, 'not there'), second]))).toBe(second)
  expect(dirname(makeScratchFolder([first, second]))).toBe(first)
})

test('of no use elsewhere, it is made where temporary files usually are', () => {
  const folder = makeScratchFolder([join(newPlace(), 'not there')])
  expect(dirname(folder)).toBe(tmpdir())
  removeScratchFolder(folder)
  expect(existsSync(folder)).toBe(false)
})

test('what a run left that was killed is removed, and what another run uses is not', () => {
  const place = newPlace()
  const ofAnother = makeScratchFolder([place])
  const { pid } = spawnSync(process.execPath, ['--version'])
  const left = join(place, basename(ofAnother).replace(String(process.pid), String(pid)))
  mkdirSync(left)
  writeFileSync(join(left, 'speka.db'), '')
  mkdirSync(join(place, 'somebody-elses'))
  makeScratchFolder([place])
  expect([left, ofAnother, join(place, 'somebody-elses')].map((each) => existsSync(each))).toEqual([false, true, true])
})

test('nothing but a scratch folder is removed', () => {
  const place = newPlace()
  removeScratchFolder(place)
  expect(existsSync(place)).toBe(true)
})
