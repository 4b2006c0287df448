/** Encodings that core uses. */
type Encoding = 'utf8' | 'utf-8' | 'latin1' | 'binary' | 'ascii' | 'hex' | 'base64' | 'base64url'

type Searched = string | number | Uint8Array

const encoder = new TextEncoder()
const decoder = new TextDecoder('utf-8', { ignoreBOM: true })

/**
 * As much of Node's `Buffer` as core uses, for runtimes without Node: the build puts it in that one's place. A test holds
 * it to be the same.
 */
class WebBuffer extends Uint8Array {
  override toString(encoding: Encoding = 'utf8', start = 0, end = this.length): string {
    const bytes = start <= 0 && end >= this.length ? this : super.subarray(Math.max(0, start), Math.max(0, end))
    switch (encoding) {
      case 'hex':
        return Array.from(bytes, (byte) => byte.toString(16).padStart(2, '0')).join('')
      case 'base64':
        return btoa(latin1Of(bytes))
      case 'base64url':
        return btoa(latin1Of(bytes)).replace(/[+/=]/g, (sign) => ({ '+': '-', '/': '_' })[sign] ?? '')
      case 'latin1':
      case 'binary':
        return latin1Of(bytes)
      case 'ascii':
        return latin1Of(bytes.map((byte) => byte & 0x7f))
      case 'utf8':
      case 'utf-8':
        return decoder.decode(bytes)
    }
  }

  /** A view, as Node's is. */
  override slice(start?: number, end?: number): WebBuffer {
    return this.subarray(start, end) as WebBuffer
  }

  override indexOf(value: Searched, from = 0): number {
    if (typeof value === 'number') return super.indexOf(value & 0xff, from)
    const wanted = bytesOf(value)
    const first = from < 0 ? Math.max(0, this.length + from) : from
    if (wanted.length === 0) return Math.min(first, this.length)
    for (let at = super.indexOf(wanted[0] ?? 0, first); at !== -1; at = super.indexOf(wanted[0] ?? 0, at + 1)) {
      if (this.#has(wanted, at)) return at
    }
    return -1
  }

  override lastIndexOf(value: Searched, from = this.length): number {
    if (typeof value === 'number') return super.lastIndexOf(value & 0xff, from)
    const wanted = bytesOf(value)
    const last = Math.min(from < 0 ? this.length + from : from, this.length - wanted.length)
    for (let at = last; at >= 0; at -= 1) if (this.#has(wanted, at)) return at
    return -1
  }

  override includes(value: Searched, from = 0): boolean {
    return this.indexOf(value, from) !== -1
  }

  equals(other: Uint8Array): boolean {
    return this.length === other.length && this.#has(other, 0)
  }

  compare(other: Uint8Array, otherStart = 0, otherEnd = other.length, start = 0, end = this.length): -1 | 0 | 1 {
    const [mine, theirs] = [super.subarray(start, end), other.subarray(otherStart, otherEnd)]
    for (let at = 0; at < mine.length && at < theirs.length; at += 1) {
      const difference = (mine[at] ?? 0) - (theirs[at] ?? 0)
      if (difference !== 0) return difference < 0 ? -1 : 1
    }
    return mine.length === theirs.length ? 0 : mine.length < theirs.length ? -1 : 1
  }

  /** @returns how many bytes were copied: as many as there is room for. */
  copy(target: Uint8Array, targetStart = 0, start = 0, end = this.length): number {
    const room = Math.max(0, target.length - targetStart)
    const bytes = super.subarray(start, Math.min(end, start + room))
    target.set(bytes, targetStart)
    return bytes.length
  }

  /** @returns how many bytes were written: never half a character. */
  write(text: string, offset = 0, encoding: Encoding = 'utf8'): number {
    if (encoding === 'utf8' || encoding === 'utf-8') return encoder.encodeInto(text, super.subarray(offset)).written
    return bytesOf(text, encoding).copy(this, offset)
  }

  writeUInt32BE(value: number, offset = 0): number {
    this.#view.setUint32(offset, value)
    return offset + 4
  }

  writeUInt32LE(value: number, offset = 0): number {
    this.#view.setUint32(offset, value, true)
    return offset + 4
  }

  writeUInt16LE(value: number, offset = 0): number {
    this.#view.setUint16(offset, value, true)
    return offset + 2
  }

  writeInt16LE(value: number, offset = 0): number {
    this.#view.setInt16(offset, value, true)
    return offset + 2
  }

  writeFloatLE(value: number, offset = 0): number {
    this.#view.setFloat32(offset, value, true)
    return offset + 4
  }

  readFloatLE(offset = 0): number {
    return this.#view.getFloat32(offset, true)
  }

  readUInt32BE(offset = 0): number {
    return this.#view.getUint32(offset)
  }

  readUInt32LE(offset = 0): number {
    return this.#view.getUint32(offset, true)
  }

  readUInt16BE(offset = 0): number {
    return this.#view.getUint16(offset)
  }

  readUInt16LE(offset = 0): number {
    return this.#view.getUint16(offset, true)
  }

  /** @param length in bytes, 4 at the most: no more is asked for. */
  readUIntBE(offset: number, length: number): number {
    let value = 0
    for (let at = offset; at < offset + length; at += 1) value = value * 256 + this.#view.getUint8(at)
    return value
  }

  readBigInt64LE(offset = 0): bigint {
    return this.#view.getBigInt64(offset, true)
  }

  readBigUInt64BE(offset = 0): bigint {
    return this.#view.getBigUint64(offset)
  }

  toJSON(): { type: 'Buffer'; data: number[] } {
    return { type: 'Buffer', data: [...this] }
  }

  get #view(): DataView {
    return new DataView(this.buffer, this.byteOffset, this.byteLength)
  }

  #has(wanted: Uint8Array, at: number): boolean {
    if (at + wanted.length > this.length) return false
    for (let index = 0; index < wanted.length; index += 1) if (this[at + index] !== wanted[index]) return false
    return true
  }
}

/** In pieces: a call takes only so many arguments. */
function latin1Of(bytes: Uint8Array): string {
  let text = ''
  for (let from = 0; from < bytes.length; from += 8192)
    text += String.fromCharCode(...bytes.subarray(from, from + 8192))
  return text
}

function bytesOf(value: string | Uint8Array, encoding: Encoding = 'utf8'): WebBuffer {
  if (typeof value !== 'string') return viewOf(value.buffer, value.byteOffset, value.byteLength)
  switch (encoding) {
    case 'utf8':
    case 'utf-8': {
      const bytes = encoder.encode(value)
      return viewOf(bytes.buffer, bytes.byteOffset, bytes.byteLength)
    }
    case 'hex':
      return new WebBuffer((value.match(/[0-9a-f]{2}/gi) ?? []).map((pair) => Number.parseInt(pair, 16)))
    case 'base64':
    case 'base64url':
      return fromBase64(value)
    case 'latin1':
    case 'binary':
    case 'ascii': {
      const bytes = new WebBuffer(value.length)
      for (let at = 0; at < value.length; at += 1) bytes[at] = value.charCodeAt(at)
      return bytes
    }
  }
}

/** As forgiving as Node is: both alphabets, whatever else stands between, and no padding needed. */
function fromBase64(text: string): WebBuffer {
  const [before = ''] = text.split('=')
  const plain = before
    .replace(/-/g, '+')
    .replace(/_/g, '/')
    .replace(/[^A-Za-z0-9+/]/g, '')
  return bytesOf(atob(plain.length % 4 === 1 ? plain.slice(0, -1) : plain), 'latin1')
}

const viewOf = (buffer: ArrayBufferLike, offset?: number, length?: number): WebBuffer =>
  new WebBuffer(buffer as ArrayBuffer, offset, length)

interface Statics {
  from(text: string, encoding?: Encoding): WebBuffer
  from(buffer: ArrayBufferLike, offset?: number, length?: number): WebBuffer
  from(bytes: Iterable<number> | ArrayLike<number>): WebBuffer
  of(...bytes: number[]): WebBuffer
  alloc(length: number, fill?: number): WebBuffer
  allocUnsafe(length: number): WebBuffer
  concat(list: readonly Uint8Array[], length?: number): WebBuffer
  byteLength(value: string | ArrayBufferView | ArrayBufferLike, encoding?: Encoding): number
  isBuffer(value: unknown): value is WebBuffer
}

const isArrayBuffer = (value: object): value is ArrayBufferLike =>
  value instanceof ArrayBuffer || Object.prototype.toString.call(value) === '[object SharedArrayBuffer]'

export const Buffer: Statics = {
  from(value: string | object, encodingOrOffset?: Encoding | number, length?: number): WebBuffer {
    if (typeof value === 'string') return bytesOf(value, encodingOrOffset as Encoding | undefined)
    if (isArrayBuffer(value)) return viewOf(value, encodingOrOffset as number | undefined, length)
    // A copy, as Node's is.
    return new WebBuffer(value as ArrayLike<number>)
  },
  of: (...bytes) => new WebBuffer(bytes),
  alloc: (length, fill = 0) => new WebBuffer(length).fill(fill) as WebBuffer,
  allocUnsafe: (length) => new WebBuffer(length),
  concat(list, length = list.reduce((sum, bytes) => sum + bytes.length, 0)) {
    const whole = new WebBuffer(length)
    let at = 0
    for (const bytes of list) at += viewOf(bytes.buffer, bytes.byteOffset, bytes.byteLength).copy(whole, at)
    return whole
  },
  byteLength: (value, encoding) => (typeof value === 'string' ? bytesOf(value, encoding).length : value.byteLength),
  isBuffer: (value) => value instanceof WebBuffer,
}
