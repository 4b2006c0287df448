/** A file of that text, which comes in pieces of so many bytes. */
export async function* bytesOf(text: string | Uint8Array, pieceBytes = 1024): AsyncGenerator<Uint8Array> {
  const bytes = typeof text === 'string' ? Buffer.from(text) : text
  for (let at = 0; at < bytes.length; at += pieceBytes) yield bytes.subarray(at, at + pieceBytes)
}
