/**
 * What is copied from a store in one database to a store in another, in the order in which it is written: the columns of each table,
 * by the names that PostgreSQL has for them.
 */
export const copiedTables = {
  owner: [
    'id',
    'started_at',
    'host',
    'boot_id',
    'process',
    'pid',
    'state',
    'last_n',
    'heard_at',
    'ended_at',
    'ended_how',
  ],
  usage_record: ['owner', 'n', 'id', 'created_at', 'account', 'key_id', 'charge_pico', 'checksum', 'record'],
  registry: ['kind', 'id', 'account', 'lookup', 'labels', 'revision', 'version', 'created_at', 'body'],
  label_set: ['id', 'labels'],
  key_use: ['key_id', 'used_at'],
  audit: ['n', 'at', 'actor', 'action', 'kind', 'object', 'account', 'version', 'before', 'after', 'previous', 'hash'],
  invoice: ['n', 'number', 'account', 'month', 'issued_at', 'body', 'previous_hash', 'hash'],
  budget: ['number', 'id', 'cap_pico', 'revision', 'before_pico', 'before_is_final', 'spent_pico'],
  lease: ['budget', 'owner', 'granted_pico', 'held_pico', 'charged_pico', 'grants'],
  borrower: ['owner', 'last_call', 'counted_n'],
  alert: ['n', 'id', 'kind', 'at', 'account', 'body', 'occasion', 'keep_until'],
  delivery: ['alert', 'endpoint', 'place', 'host', 'state', 'attempts', 'trouble', 'ended_at', 'next_at'],
  refusal: ['n', 'minute', 'account', 'key_id', 'limit_id', 'subject', 'kind', 'window', 'refused'],
  sign_in_code: ['n', 'address', 'code', 'until', 'tries'],
  sign_in_asked: ['n', 'of', 'at'],
  reply: ['place', 'fingerprint', 'until', 'kept', 'bytes', 'reply'],
  response: ['id', 'account', 'until', 'sealed'],
} as const

export type CopiedTable = keyof typeof copiedTables

/** The names of {@link copiedTables}, in their order. */
export const copiedTableNames = Object.keys(copiedTables) as CopiedTable[]

export type CopiedValue = string | number | bigint | Uint8Array | null

/** A row's values, in the order of its table's columns. */
export type CopiedRow = readonly CopiedValue[]

/** A store that is read from its beginning to its end, as it was at one moment. */
export interface StoreToCopy {
  /** As it is called in messages. */
  readonly name: string
  count(table: CopiedTable): number
  rows(table: CopiedTable): Iterable<CopiedRow>
  /** A moment in each month in which there are usage records, in ms since the epoch. */
  months(): readonly number[]
  close(): void
}

/** How far a copy is. */
export interface CopyProgress {
  readonly table: CopiedTable
  readonly copied: number
  readonly total: number
}
