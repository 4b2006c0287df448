import type { UsageGroup } from '../../store.ts'
import { GroupedSums, type RowLayout } from '../../projections/grouped-sums.ts'
import { MOST_ROWS, type HourRow } from './hour-rows.ts'
import { HourSums } from './hour-sums.ts'

const parts = { texts: { textOf: (number: number) => `name ${number}` }, labels: () => ({}) }
const by: readonly UsageGroup[] = ['hour', 'model']
/** Rows are an hour, a model and how many requests there were. */
const layout: RowLayout = { sources: [0, 1], from: 2, which: [0] }

/** Sums that tell which rows were added up. */
function counting() {
  const added: HourRow[] = []
  class Counted extends GroupedSums {
    override add(row: HourRow, how: RowLayout): void {
      added.push(row)
      super.add(row, how)
    }
  }
  return { added, sums: new HourSums(), empty: () => new Counted(parts, by, []) }
}

/** What is told of each group: its names, and how many requests. */
function toldBy(groups: GroupedSums, beside?: GroupedSums): string[] {
  const packed = groups.pack(Infinity, beside)
  const width = packed.sums.length / packed.size
  return Array.from({ length: packed.size }, (_, index) => {
    const [hour = 0, model = 0] = packed.groups.subarray(index * 2)
    return `${packed.names[hour]?.slice(11, 13)} ${packed.names[model]}: ${packed.sums[index * width]}`
  })
}

test('of hours that were asked for before, only those from the first that has changed on are added up', () => {
  const { added, sums, empty } = counting()
  const ask = (hours: readonly (readonly HourRow[])[]) => {
    added.length = 0
    return toldBy(sums.of(by, empty, hours, layout))
  }
  const [one, two, three] = [
    [
      [1, 7, 10],
      [1, 8, 20],
    ],
    [[2, 7, 30]],
    [
      [3, 7, 40],
      [3, 7, 2],
    ],
  ]
  const all = ['01 name 7: 10', '01 name 8: 20', '02 name 7: 30', '03 name 7: 42']
  expect(ask([one, two, three])).toEqual(all)
  expect(ask([one, two, three])).toEqual(all)
  expect(added).toEqual([])
  const more = [
    [2, 8, 5],
    [2, 7, 31],
  ]
  expect(ask([one, more, three])).toEqual([...all.slice(0, 2), '02 name 8: 5', '02 name 7: 31', '03 name 7: 42'])
  expect(added).toEqual([...more, ...three])
  expect(ask([one])).toEqual(all.slice(0, 2))
  expect(added).toEqual([])
  expect(ask([three, one])).toEqual(['03 name 7: 42', ...all.slice(0, 2)])
  expect(ask([])).toEqual([])
})

test('what was added up by other groups is of no use', () => {
  const { added, sums, empty } = counting()
  const hours = [[[1, 7, 10]]]
  sums.of(by, empty, hours, layout)
  const other: readonly UsageGroup[] = ['model', 'hour']
  sums.of(other, () => new GroupedSums(parts, other, []), hours, { ...layout, sources: [1, 0] })
  expect(toldBy(sums.of(by, empty, hours, layout))).toEqual(['01 name 7: 10'])
  expect(added).toHaveLength(2)
})

test('hours that are not whole stand beside, under the same names', () => {
  const { sums, empty } = counting()
  const beside = empty()
  beside.add([0, 8, 1], layout)
  beside.add([3, 7, 2], layout)
  const whole = sums.of(by, empty, [[[1, 7, 10]], [[2, 9, 20]]], layout)
  expect(toldBy(whole, beside)).toEqual(['01 name 7: 10', '02 name 9: 20', '00 name 8: 1', '03 name 7: 2'])
  expect(whole.pack(Infinity, beside).names.filter((name) => name === 'name 7')).toHaveLength(1)
  expect(whole.pack(3, beside)).toMatchObject({ size: 4, names: [] })
  expect(toldBy(whole)).toEqual(['01 name 7: 10', '02 name 9: 20'])
})

test('more rows than are remembered are added up each time', () => {
  const { added, sums, empty } = counting()
  const hours = [Array.from({ length: MOST_ROWS + 1 }, () => [1, 7, 1])]
  for (let time = 0; time < 2; time += 1)
    expect(toldBy(sums.of(by, empty, hours, layout))).toEqual([`01 name 7: ${MOST_ROWS + 1}`])
  expect(added).toHaveLength(2 * (MOST_ROWS + 1))
})
