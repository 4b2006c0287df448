/** A kind of image file, as browsers and file names call it. */
interface ImageType {
  readonly mimeType: string
  readonly extension: string
}

/** How each kind begins. */
const kinds: readonly (ImageType & { readonly begins: RegExp })[] = [
  { begins: /^\x89PNG/, mimeType: 'image/png', extension: 'png' },
  { begins: /^\xff\xd8\xff/, mimeType: 'image/jpeg', extension: 'jpg' },
  { begins: /^GIF8/, mimeType: 'image/gif', extension: 'gif' },
  { begins: /^RIFF[\s\S]{4}WEBP/, mimeType: 'image/webp', extension: 'webp' },
  { begins: /^\s*<(?:\?xml|svg)/, mimeType: 'image/svg+xml', extension: 'svg' },
]

/** What kind of image it is, by its first bytes: providers do not say, and differ. PNG when it is none of these. */
export function imageType(bytes: Buffer): ImageType {
  const head = bytes.subarray(0, 32).toString('latin1')
  const { mimeType, extension } = kinds.find(({ begins }) => begins.test(head)) ?? {
    mimeType: 'image/png',
    extension: 'png',
  }
  return { mimeType, extension }
}
