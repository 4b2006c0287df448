/** The registry has changed, by whomever: the text is its version then. */
export const REGISTRY_CHANGES = 'registry'

/** A replica leaves a target alone, or was refused with a provider's key. */
export const HEALTH_HINTS = 'health'

/** Which keys have ended: asked for by a replica that does not hear the store, and told by those that do. */
export const ENDINGS = 'endings'
