/** The registry has changed, by whomever: the text is its version then. */
export const REGISTRY_CHANGES = 'registry'
