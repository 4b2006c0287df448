import type { RowPlace } from '../../usage-record-table.ts'

/** How many rows one owner can write: at ten thousand a second, for three years. */
export const ROWS_OF_ONE = 2 ** 40

/** Owners up to this one have places that a number holds exactly. */
const PLAIN_OWNERS = Number.MAX_SAFE_INTEGER / ROWS_OF_ONE - 1

/** The place of a row as its table has it: the rows of one owner lie together, in their order. */
export const placeOf = ({ owner, n }: RowPlace): number | bigint =>
  owner <= PLAIN_OWNERS ? owner * ROWS_OF_ONE + n : BigInt(owner) * BigInt(ROWS_OF_ONE) + BigInt(n)

/** The first place that is not the owner's any more. */
export const firstPlaceAfter = (owner: number): number | bigint => placeOf({ owner: owner + 1, n: 0 })

/** Where a row stands that was read with its place as a `bigint`. */
export const rowPlace = (place: bigint): RowPlace => ({
  owner: Number(place / BigInt(ROWS_OF_ONE)),
  n: Number(place % BigInt(ROWS_OF_ONE)),
})

/** In SQL, the place of the last row of the owner in the row `owner`; with none, the place before its first. */
export const LAST_PLACE = `
  coalesce((
    SELECT max(place) FROM usage_record WHERE place BETWEEN owner.id * ${ROWS_OF_ONE} AND (owner.id + 1) * ${ROWS_OF_ONE} - 1
  ), owner.id * ${ROWS_OF_ONE})`

/** In SQL, the number of that row; 0: there is none. */
export const LAST_N = `(${LAST_PLACE} % ${ROWS_OF_ONE})`
