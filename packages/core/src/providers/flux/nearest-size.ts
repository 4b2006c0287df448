/** Width and height in pixels. */
export interface Size {
  readonly width: number
  readonly height: number
}

/** What a model draws: edges from `least` to `most`, in multiples of `step`. */
export interface SizeLimits {
  readonly least: number
  readonly most: number
  readonly step: number
}

/** The size nearest to the one asked for that a model draws, of the same shape where its limits allow. */
export function nearestSize({ width, height }: Size, { least, most, step }: SizeLimits): Size {
  const shrink = Math.min(1, most / Math.max(width, height))
  const scale = shrink * Math.max(1, least / (Math.min(width, height) * shrink))
  const edge = (asked: number): number => Math.min(most, Math.max(least, Math.round((asked * scale) / step) * step))
  return { width: edge(width), height: edge(height) }
}

/** Whether a model draws exactly this size. */
export function draws(size: Size, limits: SizeLimits): boolean {
  const { width, height } = nearestSize(size, limits)
  return width === size.width && height === size.height
}
