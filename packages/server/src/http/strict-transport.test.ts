import { strictTransport } from './strict-transport.ts'

test.each([
  { by: 'speka.example.com', proto: 'https', publicUrl: 'https://speka.example.com', isSaid: true },
  { by: 'speka.example.com', proto: undefined, publicUrl: 'https://speka.example.com', isSaid: true },
  { by: 'speka.example.com', proto: 'https, http', publicUrl: 'https://speka.example.com', isSaid: false },
  { by: 'speka.example.com', proto: 'http', publicUrl: 'https://speka.example.com', isSaid: false },
  { by: 'localhost:7735', proto: undefined, publicUrl: 'https://speka.example.com', isSaid: false },
  { by: 'speka.example.com', proto: 'https', publicUrl: 'http://speka.example.com', isSaid: false },
  { by: 'speka.example.com', proto: 'https', publicUrl: undefined, isSaid: false },
])(
  'asked at $by, forwarded as $proto, with the public address $publicUrl: $isSaid',
  ({ by, proto, publicUrl, isSaid }) => {
    const headers = { host: by, ...(proto !== undefined && { 'x-forwarded-proto': proto }) }
    expect(strictTransport({ headers }, publicUrl)).toBe(isSaid ? 'max-age=31536000' : undefined)
  },
)
