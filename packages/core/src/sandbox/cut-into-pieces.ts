/** A word with the space before it; long words in parts, since not every script puts spaces between its words. */
const PIECE = /\s*\S{1,12}|\s+/gu

/** Cuts a text into the pieces it is streamed in. Put together they are the text; each counts as one token. */
export function cutIntoPieces(text: string): string[] {
  return text.match(PIECE) ?? []
}
