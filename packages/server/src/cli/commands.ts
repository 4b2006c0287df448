import type { Command } from './command.ts'

/** The commands, by the first word of their names and in the order of the help. Only those that are asked for are loaded. */
const groups: Readonly<Record<string, () => Promise<readonly Command[]>>> = {
  start: async () => [(await import('./start.ts')).start],
  keys: async () => (await import('./keys.ts')).keyCommands,
  accounts: async () => (await import('./accounts.ts')).accountCommands,
  teams: async () => (await import('./teams.ts')).teamCommands,
  members: async () => (await import('./members.ts')).memberCommands,
  tokens: async () => (await import('./tokens.ts')).tokenCommands,
  limits: async () => (await import('./limits.ts')).limitCommands,
  credits: async () => (await import('./credits.ts')).creditCommands,
  billing: async () => (await import('./billing.ts')).billingCommands,
  alerts: async () => (await import('./alerts.ts')).alertCommands,
  audit: async () => [(await import('./audit.ts')).audit],
  models: async () => [(await import('./models.ts')).models],
  explain: async () => [(await import('./explain.ts')).explain],
  usage: async () => [(await import('./usage.ts')).usage],
  invoice: async () => (await import('./invoices.ts')).invoiceCommands,
  adjustments: async () => (await import('./adjustments.ts')).adjustmentCommands,
  reprice: async () => [(await import('./reprice.ts')).reprice],
  ledger: async () => (await import('./ledger.ts')).ledgerCommands,
  reconcile: async () => [(await import('./reconcile.ts')).reconcile],
  margin: async () => [(await import('./margin.ts')).margin],
  db: async () => (await import('./db.ts')).dbCommands,
  doctor: async () => [(await import('./doctor.ts')).doctor],
}

/** The commands whose names begin with a word: several for `keys`, none for one that is unknown. */
export const commandsOf = async (word: string): Promise<readonly Command[]> =>
  Object.hasOwn(groups, word) ? ((await groups[word]?.()) ?? []) : []

export const allCommands = async (): Promise<readonly Command[]> =>
  (await Promise.all(Object.values(groups).map((load) => load()))).flat()
