/** The bytes of every token of `cl100k_base`, one behind the other. */
export interface TokenTable {
  readonly bytes: Buffer
  /** Where each token's bytes start, by its number; they end where the next one's start. */
  readonly starts: Uint32Array
}

/** Tokens that are put into place between two turns of the event loop. */
const AT_ONCE = 4096

let loading: Promise<TokenTable> | undefined

/** The tokens that OpenAI's embedding models use. Loaded when first needed, in slices: there are a hundred thousand. */
export function loadTokenTable(): Promise<TokenTable> {
  loading ??= load()
  return loading
}

async function load(): Promise<TokenTable> {
  const { default: ranks } = await import('js-tiktoken/ranks/cl100k_base')
  const texts: (string | undefined)[] = []
  for (const [text, token] of Object.entries(ranks.special_tokens)) texts[token] = text
  const spelled = ranks.bpe_ranks
  const bytes = Buffer.allocUnsafe(spelled.length)
  const starts: number[] = [0]
  let length = 0
  let put = 0
  // Lines of "! FIRST WORD WORD …": the words in base64, numbered from FIRST.
  for (const line of spelled.split('\n')) {
    if (line === '') continue
    const [, first, ...words] = line.split(' ')
    for (let token = Number(first), at = 0; at < words.length; token += 1, at += 1) {
      while (starts.length <= token) starts.push(length)
      length += bytes.write(words[at] ?? '', length, 'base64')
      starts[token + 1] = length
      put += 1
      if (put % AT_ONCE === 0) await new Promise(setImmediate)
    }
  }
  for (const [token, text] of texts.entries()) {
    if (text === undefined) continue
    while (starts.length <= token) starts.push(length)
    length += bytes.write(text, length)
    starts[token + 1] = length
  }
  return { bytes: Buffer.from(bytes.subarray(0, length)), starts: Uint32Array.from(starts) }
}
