import { existsSync } from 'node:fs'
import { workerFile } from './start-thread.ts'

test.each(['ts', 'js'])('the database thread of a module in .%s is beside it', (ending) => {
  const here = new URL(`./start-thread.${ending}`, import.meta.url)
  const source = workerFile(here.href).href.replace(/\.js$/, '.ts')
  expect(workerFile(here.href).href).toMatch(new RegExp(`\\.${ending}$`))
  expect(existsSync(new URL(source))).toBe(true)
})
