/** Odd constants with well-spread bits: one lane of 32 bits each. */
const [LANE_A, LANE_B, MIX_A, MIX_B] = [0x9e37_79b1, 0x85eb_ca77, 0x7feb_352d, 0x846c_a68b]

/**
 * A number of 53 bits for a text, the same in every process and version. Ids of upstreams and sessions are only ever looked
 * up, never shown, so an index keeps this in their place; what it finds is compared with the text itself.
 */
export function hashText(text: string): number {
  let a = LANE_A
  let b = LANE_B
  for (let at = 0; at < text.length; at += 1) {
    const unit = text.charCodeAt(at)
    a = Math.imul(a ^ unit, LANE_B)
    b = Math.imul(b ^ unit, LANE_A)
    b ^= a >>> 15
  }
  a = mixed(a, MIX_A)
  b = mixed(b ^ a, MIX_B)
  return (a >>> 11) * 0x1_0000_0000 + (b >>> 0)
}

function mixed(lane: number, factor: number): number {
  const half = Math.imul(lane ^ (lane >>> 16), factor)
  return Math.imul(half ^ (half >>> 15), MIX_A) ^ (half >>> 13)
}
