/** How much of a form is read besides its files, so that no form is work for more than it is worth. */
export const formLimits = {
  /** Fields and files together: the longest form of OpenAI's has some twenty. */
  parts: 200,
  /** The headers of one part, and what stands before the first. */
  headBytes: 8 * 1024,
  nameBytes: 200,
  filenameBytes: 1024,
  /** All fields together: a prompt is the longest that any has. */
  fieldBytes: 1024 * 1024,
  /** How much of a form is held back until a target has been chosen, and for as long can be sent anew. */
  heldBytes: 1024 * 1024,
} as const

/** What a `multipart/form-data` may be bounded by (RFC 2046, section 5.1.1). */
export const BOUNDARY = /^[\w'()+,./:=? -]{0,69}[\w'()+,./:=?-]$/
