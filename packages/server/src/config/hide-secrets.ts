/**
 * What keys look like: they begin as their makers have them begin, are a UUID, or have a long run of letters and digits,
 * which no name of a model or a field has.
 */
const KEY_LIKE = new RegExp(
  [
    String.raw`\b(?:sk|rk|nvapi)[-_][\w-]{8,}`,
    String.raw`\bwhsec_[\w+/=]{8,}`,
    String.raw`\b(?:gsk|hf|xai|pplx|r8|AIza)[-_]?[\w-]{20,}`,
    '[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}',
    String.raw`(?=[A-Za-z]*\d)(?=\d*[A-Za-z])[A-Za-z\d]{20,}`,
    String.raw`[A-Za-z\d]{32,}`,
  ].join('|'),
  'g',
)

/** The user and password of a URL. */
const USER_INFO = /(?<=:\/\/)[^\s/@]+(?=@)/g

/** A text for an error message, without what looks like a key: in a configuration they end up in the oddest places. */
export const hideSecrets = (text: string): string => text.replace(USER_INFO, HIDDEN).replace(KEY_LIKE, HIDDEN)

const HIDDEN = '(hidden)'
