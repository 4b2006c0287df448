import { countNames } from '@speka/core/internal'
import { COUNT_COLUMNS } from '../tables/projections.ts'

test('every count that units have is a column of the sums: one more is a step of the tables', () => {
  expect([...COUNT_COLUMNS].toSorted()).toEqual([...countNames].toSorted())
})
