/** What an image's first bytes say it is: base64 of the signatures of the formats that providers draw in. */
const SIGNATURES = [
  ['iVBORw0KGgo', 'png'],
  ['/9j/', 'jpeg'],
  ['UklGR', 'webp'],
] as const

export type ImageType = (typeof SIGNATURES)[number][1]

/** The format of an image in base64; PNG, which most draw, where it does not show. */
export const imageType = (base64: string): ImageType =>
  SIGNATURES.find(([start]) => base64.startsWith(start))?.[1] ?? 'png'

/** An address that holds the image itself. */
export const dataUrl = (base64: string): string => `data:image/${imageType(base64)};base64,${base64}`
