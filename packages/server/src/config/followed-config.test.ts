import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { FollowedConfig } from './followed-config.ts'
import { readSettings } from './settings.ts'

let folder: string
let followed: FollowedConfig | undefined
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'speka-followed-'))
})
afterEach(() => {
  followed?.close()
  rmSync(folder, { recursive: true })
})

test('what is read again is what is there now, and what cannot be read changes nothing', () => {
  const file = join(folder, 'speka.yaml')
  writeFileSync(file, 'site: { name: Acme }')
  followed = new FollowedConfig(readSettings({ SPEKA_DATA_DIR: folder }, { config: file }))
  expect(followed.current.site.name).toBe('Acme')
  writeFileSync(file, 'site: { name: Emca }')
  followed.reload()
  expect(followed.current.site.name).toBe('Emca')
  writeFileSync(file, 'site: [')
  followed.reload()
  expect(followed.current.site.name).toBe('Emca')
})
