import { styleText } from 'node:util'
import { alignedLines } from '../tables/aligned-lines.ts'
import type { Terminal } from './command.ts'

/** Prints rows under headings, aligned; the headings stand out on a terminal. Numbers align to the right. */
export function printTable(
  terminal: Terminal,
  headings: readonly string[],
  rows: readonly (readonly string[])[],
): void {
  const [head = '', ...lines] = alignedLines(headings, rows)
  terminal.out(terminal.isTty ? styleText('bold', head) : head)
  for (const line of lines) terminal.out(line)
}
