/** An invoice that is to be issued. */
export interface InvoiceToIssue {
  readonly account: string
  /** `YYYY-MM` */
  readonly month: string
  /** In ms since the epoch; the year of its number is that of this moment, in UTC. */
  readonly issuedAt: number
  /** All that it says but its number and hashes, as canonical JSON. */
  readonly body: string
}

/** An invoice as it was issued: from then on nothing of it changes. */
export interface IssuedInvoice extends InvoiceToIssue {
  /** `YYYY-NNNNNN`: from 000001 in each year, without gaps. */
  readonly number: string
  /** SHA-256, in hex, of the hash before, the number, the account, the month, the moment and the body, with line ends between. */
  readonly hash: string
  /** The hash of the one issued before; of the first, 64 zeros. */
  readonly previousHash: string
}

/** Which invoices to list, in the order in which they were issued. */
export interface InvoiceQuery {
  readonly account?: string | undefined
  readonly month?: string | undefined
  /** Only those behind the one with this number. */
  readonly after?: string | undefined
  /** At most so many. Default: all. */
  readonly limit?: number | undefined
}

/** Invoices that were issued: numbered without gaps, chained by their hashes, never changed and never deleted. */
export interface Invoices {
  /**
   * Issues invoices, all or none, in one transaction, and resolves with them as they are now. One for an account and month that
   * has one already is not issued again: the one there is comes back, whatever the new one says.
   */
  issue(invoices: readonly InvoiceToIssue[]): Promise<IssuedInvoice[]>
  find(number: string): Promise<IssuedInvoice | undefined>
  list(query?: InvoiceQuery): Promise<IssuedInvoice[]>
}
