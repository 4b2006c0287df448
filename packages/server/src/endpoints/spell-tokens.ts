import { setImmediate as nextTurn } from 'node:timers/promises'
import { SpekaError } from '@speka/core'
import { MOST_SPELLED_BYTES, type InTokens } from '@speka/core/internal'
import { loadTokenTable, type TokenTable } from './token-table.ts'

/** Tokens that are spelled out between two turns of the event loop: less than a millisecond's worth. */
export const TOKENS_AT_ONCE = 10_000

/** Text that is written into the request in the same turn as its last tokens are spelled out. */
const WRITTEN_AT_ONCE_BYTES = 512 * 1024

/** The world as spelling needs it. */
export interface Spelling {
  readonly table: () => Promise<TokenTable>
  /** Lets everybody else have a turn. */
  readonly rest: () => Promise<unknown>
}

const usual: Spelling = { table: loadTokenTable, rest: () => nextTurn() }

/**
 * A request with the text that its tokens stand for. However many there are, others get their turns in between.
 *
 * @throws SpekaError `invalid_value` for a number that is no token, `request_too_large` for more text than a request may have.
 */
export async function spellTokens<Made>(read: InTokens<Made>, { table: load, rest }: Spelling = usual): Promise<Made> {
  const table = await load()
  const texts: string[] = []
  let left = TOKENS_AT_ONCE
  let room = MOST_SPELLED_BYTES
  for (const [index, tokens] of read.lists.entries()) {
    const pieces: Buffer[] = []
    for (let at = 0; at < tokens.length;) {
      const some = tokens.slice(at, at + left)
      const piece = spell(some, table)
      if (piece === undefined) throw read.noToken(index)
      pieces.push(piece)
      at += some.length
      left -= some.length
      room -= piece.length
      if (room < 0) throw tooLong(read.field)
      if (left > 0) continue
      await rest()
      left = TOKENS_AT_ONCE
    }
    texts.push(Buffer.concat(pieces).toString('utf8'))
  }
  // Writing much text takes its time too.
  if (MOST_SPELLED_BYTES - room > WRITTEN_AT_ONCE_BYTES) await rest()
  return read.spelled(texts)
}

/** The bytes of a few tokens; `undefined` when one is none. */
function spell(tokens: readonly number[], { bytes, starts }: TokenTable): Buffer | undefined {
  let length = 0
  for (const token of tokens) {
    const size = (starts[token + 1] ?? 0) - (starts[token] ?? 0)
    if (size <= 0) return undefined
    length += size
  }
  const text = Buffer.allocUnsafe(length)
  let at = 0
  for (const token of tokens) {
    const end = starts[token + 1] ?? 0
    for (let from = starts[token] ?? 0; from < end; from += 1) text[at++] = bytes[from] ?? 0
  }
  return text
}

const tooLong = (param: string): SpekaError =>
  new SpekaError(
    'request_too_large',
    `The tokens in "${param}" stand for more than ${MOST_SPELLED_BYTES / 1024 / 1024} MiB of text. Send less, or several requests.`,
    { param },
  )
