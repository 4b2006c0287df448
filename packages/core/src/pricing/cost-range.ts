import type { Price } from '../catalog/model.ts'
import { picoUsd, type PicoUsd } from '../money.ts'
import type { CallSize } from '../operations/estimate-size.ts'

/** What a call may cost, in pico-dollars, before it is made. */
export interface CostRange {
  /** If the answer is empty. */
  readonly least: PicoUsd
  /** If the answer is as long as the caller allows; `undefined`: the caller set no limit. */
  readonly most: PicoUsd | undefined
}

/** The range of what a call of `size` costs; `undefined` when the price has no part for what is asked. */
export function costRange({ inputTokens, outputTokens, images }: CallSize, price: Price): CostRange | undefined {
  if (images !== undefined) {
    if (price.image === undefined) return undefined
    const all = picoUsd(price.image * BigInt(images))
    return { least: all, most: all }
  }
  if (price.input === undefined && price.output === undefined) return undefined
  const least = picoUsd((price.input ?? 0n) * BigInt(inputTokens))
  if (price.output === undefined || outputTokens === 0) return { least, most: least }
  if (outputTokens === undefined) return { least, most: undefined }
  return { least, most: picoUsd(least + price.output * BigInt(outputTokens)) }
}

/**
 * How many tokens an answer may have so that the call stays within `limit` pico-dollars, for each of `choices` choices; 0 or
 * less: none.
 */
export function affordableTokens(limit: PicoUsd, { inputTokens }: CallSize, price: Price, choices: number): number {
  if (price.output === undefined || price.output === 0n) return Infinity
  const left = limit - (price.input ?? 0n) * BigInt(inputTokens)
  return left < 0n ? -1 : Number(left / price.output / BigInt(choices))
}
