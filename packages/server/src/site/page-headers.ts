import type { Headers } from '@speka/core'

/**
 * The headers of everything that a browser shows: it loads nothing from elsewhere, runs nothing that stands in the page
 * itself, and is shown in nobody's frame.
 *
 * @see https://www.w3.org/TR/CSP3/
 */
export const pageHeaders = (): Headers => headers

const headers: Headers = {
  'content-security-policy': [
    "default-src 'self'",
    "img-src 'self' data:",
    "style-src 'self'",
    "script-src 'self'",
    "connect-src 'self'",
    "frame-ancestors 'none'",
    "base-uri 'none'",
    "form-action 'self'",
  ].join('; '),
  'x-content-type-options': 'nosniff',
  // For browsers that know no frame-ancestors.
  'x-frame-options': 'DENY',
  'referrer-policy': 'same-origin',
  'cross-origin-opener-policy': 'same-origin',
  'cross-origin-resource-policy': 'same-origin',
}
