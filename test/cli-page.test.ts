import { readFileSync } from 'node:fs'
import { join, resolve } from 'node:path'
import { runSpeka } from './support/run-speka.ts'

const page = readFileSync(join(resolve(import.meta.dirname, '..'), 'docs/cli.md'), 'utf8')

/** The blocks of the page that show how a command is called, each on one line. */
const usages = [...page.matchAll(/^```\n(speka [^]*?)^```$/gm)].flatMap(([, block = '']) =>
  block
    .replaceAll(/\n +/g, ' ')
    .trim()
    .split('\n')
    .map((line) => line.trim()),
)

/** `accounts show|suspend|resume ID` stands for three. */
const each = (usage: string): string[] => {
  const [speka = '', ...words] = usage.split(' ')
  const at = words.findIndex((word) => /^[a-z]+(\|[a-z]+)+$/.test(word))
  if (at !== 1) return [usage]
  return (words[1] ?? '').split('|').map((word) => [speka, words[0], word, ...words.slice(2)].join(' '))
}

test('every command is on the page of the command line, called as it says itself', async () => {
  const names = [...(await runSpeka('help')).out.matchAll(/^ {2}speka ([a-z]+(?: [a-z]+)?) {2,}/gm)].map(
    ([, name = '']) => name,
  )
  expect(names.length).toBeGreaterThan(20)
  const said = await Promise.all(names.map(async (name) => (await runSpeka(`${name} --help`)).out.split('\n', 1)[0]))
  const shown = new Set(usages.flatMap(each).map(optionsOf))
  expect(said.filter((usage = '') => !shown.has(optionsOf(usage)))).toEqual([])
})

test('every command that ends by itself has --json', async () => {
  const names = [...(await runSpeka('help')).out.matchAll(/^ {2}speka ([a-z]+(?: [a-z]+)?) {2,}/gm)].map(
    ([, name = '']) => name,
  )
  const said = await Promise.all(names.map(async (name) => ({ name, ...(await runSpeka(`${name} --help`)) })))
  const without = said.filter(({ out }) => !out.split('\n', 1)[0]?.includes('--json'))
  expect(without.map(({ name }) => name)).toEqual(['start'])
})

/** A command and its options, in any order: what is called how may be grouped as a reader likes it. */
function optionsOf(usage: string): string {
  const command = /^speka [a-z]+(?: [a-z]+)?/.exec(usage)?.[0]
  const options = [...new Set(usage.match(/--[a-z-]+/g))].toSorted()
  return [command, ...options].join(' ')
}
