/** Processes that answer requests and share a database, on several machines or one. Only databases over a network have them. */
export interface Replicas {
  /**
   * Writes down by what this process runs, and that it lives, until the store is closed. The next call says it anew.
   *
   * @returns who else lives, and what is known of the database's machine.
   */
  join(facts: ReplicaFacts): Promise<ReplicaSurroundings>
  /** What the database is, and how busy. */
  standing(): Promise<DatabaseStanding>
  /** All that live, the oldest first. */
  list(): Promise<Replica[]>
  /** What the pepper is recognised by that this database's keys were made with; `undefined`: none has been used yet. */
  pepperMark(): Promise<string | undefined>
  /**
   * Keeps what the pepper is recognised by, unless there is one already.
   *
   * @param instead the one it takes the place of.
   * @returns the one that is kept now.
   */
  keepPepperMark(mark: string, instead?: string): Promise<string>
}

/** By what one of them runs. */
export interface ReplicaFacts {
  readonly version: string
  /** What each section of its configuration is recognised by. */
  readonly configuration: Readonly<Record<string, string>>
}

export interface Replica extends ReplicaFacts {
  readonly host: string
  readonly pid: number
  /** In ms since the epoch, by the database's clock. */
  readonly startedAt: number
  /** How many connections it opens at the most. */
  readonly connections: number
  /** Whether it is this process. */
  readonly isSelf: boolean
}

export interface ReplicaSurroundings {
  readonly replicas: readonly Replica[]
  /** How far this machine's clock is ahead of the database's, in ms. */
  readonly clockAheadMs: number
  /** How many connections the database takes of everybody but its superuser. */
  readonly mostConnections: number
}

/** The database's machine, as a look from outside tells it. */
export interface DatabaseStanding {
  /** Such as `PostgreSQL 15`. */
  readonly version: string
  /** How many connections are open now, of everybody. */
  readonly connections: number
  readonly mostConnections: number
}
