import type { OwnerId, RequestId, Row } from '../rules/messages.ts'
import type { Spool } from '../rules/seams.ts'

/** A folder that outlives its processes. What was appended is synced. */
export class Disk implements Spool {
  readonly #files = new Map<OwnerId, Map<RequestId, Row>>()

  writers(): OwnerId[] {
    return [...this.#files.keys()]
  }

  rows(writer: OwnerId): Row[] {
    return [...(this.#files.get(writer)?.values() ?? [])]
  }

  open(writer: OwnerId): void {
    if (!this.#files.has(writer)) this.#files.set(writer, new Map())
  }

  append(writer: OwnerId, row: Row): void {
    this.#files.get(writer)?.set(row.id, row)
  }

  remove(writer: OwnerId, id: RequestId): void {
    this.#files.get(writer)?.delete(id)
  }

  forget(writer: OwnerId): void {
    this.#files.delete(writer)
  }
}
