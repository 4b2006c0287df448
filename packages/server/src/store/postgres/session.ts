import { createHash } from 'node:crypto'
import type pg from 'pg'
import { keptText } from './kept-whole.ts'

/** What a parameter may be. Numbers beyond 2^53 and amounts are `bigint`. */
export type Value = string | number | bigint | boolean | Uint8Array | null | readonly (string | number | null)[]

/** A row by its columns: `bigint` and `numeric` come as texts, since a number does not hold them. */
export interface Row {
  readonly [column: string]: unknown
}

export interface Result {
  readonly rows: readonly Row[]
  /** How many rows were read or changed. */
  readonly count: number
}

/** A statement that each connection prepares once. */
export interface Statement {
  readonly name: string
  readonly text: string
}

/** @param text SQL with `$1`, `$2` … for its values. */
export const statement = (text: string): Statement => ({
  name: createHash('sha256').update(text).digest('base64url').slice(0, 22),
  text,
})

/** One connection, for as long as it is ours. */
export interface Session {
  /** @throws What `failureOf` tells apart. */
  run(statement: Statement, values?: readonly Value[]): Promise<Result>
  /** Statements without values that are used once, such as those that make tables. */
  script(sql: string): Promise<void>
}

/** A connection of the driver's as a session. */
export function sessionOf(client: pg.ClientBase): Session {
  return {
    async run({ name, text }, values = []) {
      const { rows, rowCount } = await client.query<Row>({ name, text, values: values.map(parameterOf) })
      return { rows, count: rowCount ?? 0 }
    },
    async script(sql) {
      await client.query(sql)
    },
  }
}

/** The driver writes a number and a list as PostgreSQL reads them, but knows no view of bytes that is no Buffer. */
function parameterOf(value: Value): unknown {
  if (typeof value === 'string') return keptText(value)
  if (typeof value === 'bigint') return value.toString()
  if (value instanceof Uint8Array) return Buffer.from(value.buffer, value.byteOffset, value.byteLength)
  if (Array.isArray(value))
    return value.map((item: string | number | null) => (typeof item === 'string' ? keptText(item) : item))
  return value
}
