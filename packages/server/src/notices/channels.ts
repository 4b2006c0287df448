/** The registry has changed, by whomever: the text is its version then. */
export const REGISTRY_CHANGES = 'registry'

/** A replica leaves a target alone, or was refused with a provider's key. */
export const HEALTH_HINTS = 'health'
