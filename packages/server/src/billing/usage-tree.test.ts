import { exampleUsage } from './__fixtures__/example-invoice.ts'
import { sumOf, usageTree } from './usage-tree.ts'

test('groups stand in the order in which they first occur, also where their lines are apart', () => {
  const tree = usageTree([0, 12, 1].map(exampleUsage))
  expect(tree.map(({ name, inner }) => [name, inner.map((key) => [key.name, key.amount_usd])])).toEqual([
    [
      'Search',
      [
        ['production-0', '4.981153714'],
        ['production-1', '4.91838345'],
      ],
    ],
  ])
})

test('two keys of one name are two, and what has none is a group of its own', () => {
  const lines = [
    { ...exampleUsage(0), key: { id: 'a', name: 'same' } },
    { ...exampleUsage(0), key: { id: 'b', name: 'same' } },
    { ...exampleUsage(0), key: null, model: null },
  ]
  expect(usageTree(lines)[0]?.inner.map(({ name }) => name)).toEqual(['same', 'same', 'No key'])
  expect(usageTree(lines)[0]?.inner[2]?.inner[0]?.name).toBe('No model')
})

test('a sum is exact, and below zero where it is', () => {
  expect(sumOf([{ amount_usd: '0.000000000001' }, { amount_usd: '-1' }])).toBe('-0.999999999999')
})
