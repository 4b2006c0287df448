/** Values that every reader of these formats accepts. */
const formats: Readonly<Record<string, string>> = {
  date: '2026-01-01',
  'date-time': '2026-01-01T00:00:00Z',
  time: '00:00:00Z',
  duration: 'P1D',
  email: 'user@example.com',
  hostname: 'example.com',
  ipv4: '192.0.2.1',
  ipv6: '2001:db8::1',
  uri: 'https://example.com/',
  url: 'https://example.com/',
  'uri-reference': '/',
  uuid: '00000000-0000-4000-8000-000000000000',
  regex: '.*',
}

/** Beyond this, a schema's `minLength` is not obeyed: it would only cost memory. */
const MAX_LENGTH = 10_000

/** The fixed example of a string format; `undefined` for a format without one. */
export function formatExample(format: unknown): string | undefined {
  return typeof format === 'string' && Object.hasOwn(formats, format) ? formats[format] : undefined
}

/** `text` made as long as a schema's `minLength` and `maxLength` want it, counted in code points as they do. */
export function fitLength(text: string, schema: Readonly<Record<string, unknown>>): string {
  const { minLength, maxLength } = schema
  if (typeof minLength !== 'number' && typeof maxLength !== 'number') return text
  const points = [...text]
  const fitted =
    typeof maxLength === 'number' && points.length > maxLength ? points.slice(0, Math.max(0, maxLength)) : points
  const lacking = typeof minLength === 'number' ? Math.min(minLength, MAX_LENGTH) - fitted.length : 0
  return fitted.join('') + '.'.repeat(Math.max(0, Math.ceil(lacking)))
}
