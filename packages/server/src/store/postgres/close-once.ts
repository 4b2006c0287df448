/** Puts a `close` beside something: whoever calls it a second time waits for the first. */
export function closeOnce<Part extends object>(
  part: Part,
  close: () => Promise<void>,
): Part & { close(): Promise<void> } {
  let closing: Promise<void> | undefined
  return { ...part, close: () => (closing ??= close()) }
}
