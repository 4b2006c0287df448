// What core takes of Node's crypto, for runtimes without Node.

/** @returns bytes that nobody can guess. */
export const randomBytes = (count: number): Buffer => {
  const bytes = Buffer.alloc(count)
  globalThis.crypto.getRandomValues(bytes)
  return bytes
}

interface Hash {
  update(text: string): Hash
  digest(encoding: 'hex'): string
  digest(): Buffer
}

/** SHA-256, at once: the runtime's own can only be waited for. */
export function createHash(_algorithm: 'sha256'): Hash {
  let text = ''
  const hash: Hash = {
    update(more) {
      text += more
      return hash
    },
    digest: ((encoding?: 'hex') => {
      const bytes = sha256(Buffer.from(text))
      return encoding === undefined ? bytes : bytes.toString(encoding)
    }) as Hash['digest'],
  }
  return hash
}

/** The same of bytes in one go, with a letter for each byte of the digest. */
export const hash = (_algorithm: 'sha256', bytes: Uint8Array, _encoding: 'binary'): string =>
  sha256(bytes).toString('latin1')

const rotated = (word: number, by: number): number => (word >>> by) | (word << (32 - by))

/** The first 32 bits behind the point. */
const fraction = (root: number): number => Math.floor((root - Math.floor(root)) * 2 ** 32) | 0

/** The first 32 bits of the fractional parts of roots of primes: square roots begin the state, cube roots go into the rounds. */
const { state: INITIAL, rounds: ROUNDS } = constants()

function constants(): { state: number[]; rounds: number[] } {
  const primes: number[] = []
  for (let number = 2; primes.length < 64; number += 1)
    if (primes.every((prime) => number % prime !== 0)) primes.push(number)
  return {
    state: primes.slice(0, 8).map((prime) => fraction(Math.sqrt(prime))),
    rounds: primes.map((prime) => fraction(Math.cbrt(prime))),
  }
}

/** https://nvlpubs.nist.gov/nistpubs/FIPS/NIST.FIPS.180-4.pdf, section 6.2 */
function sha256(message: Uint8Array): Buffer {
  const padded = new Uint8Array(Math.ceil((message.length + 9) / 64) * 64)
  padded.set(message)
  padded[message.length] = 0x80
  const view = new DataView(padded.buffer)
  view.setBigUint64(padded.length - 8, BigInt(message.length) * 8n)
  const state = Int32Array.from(INITIAL)
  for (let block = 0; block < padded.length; block += 64) addBlock(state, view, block)
  const digest = Buffer.alloc(32)
  for (const [index, word] of state.entries()) digest.writeUInt32BE(word >>> 0, index * 4)
  return digest
}

function addBlock(state: Int32Array, view: DataView, block: number): void {
  const words = new Int32Array(64)
  for (let index = 0; index < 64; index += 1)
    words[index] = index < 16 ? view.getInt32(block + index * 4) : expanded(words, index)
  let [a = 0, b = 0, c = 0, d = 0, e = 0, f = 0, g = 0, h = 0] = state
  for (let index = 0; index < 64; index += 1) {
    const big = rotated(e, 6) ^ rotated(e, 11) ^ rotated(e, 25)
    const first = (h + big + ((e & f) ^ (~e & g)) + (ROUNDS[index] ?? 0) + (words[index] ?? 0)) | 0
    const second = ((rotated(a, 2) ^ rotated(a, 13) ^ rotated(a, 22)) + ((a & b) ^ (a & c) ^ (b & c))) | 0
    ;[a, b, c, d, e, f, g, h] = [(first + second) | 0, a, b, c, (d + first) | 0, e, f, g]
  }
  for (const [index, word] of [a, b, c, d, e, f, g, h].entries()) state[index] = ((state[index] ?? 0) + word) | 0
}

function expanded(words: Int32Array, index: number): number {
  const early = words[index - 15] ?? 0
  const late = words[index - 2] ?? 0
  const first = rotated(early, 7) ^ rotated(early, 18) ^ (early >>> 3)
  const second = rotated(late, 17) ^ rotated(late, 19) ^ (late >>> 10)
  return ((words[index - 16] ?? 0) + first + (words[index - 7] ?? 0) + second) | 0
}
