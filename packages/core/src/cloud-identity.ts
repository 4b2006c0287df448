/** Clouds whose credentials expire, and are had by a flow of theirs. */
export type CloudName = 'azure' | 'aws' | 'google'

/** As whom a gateway calls a cloud. What is not given is as the environment and the machine have it. */
export interface IdentitySettings {
  /** Azure: a registered application, and the secret by which it proves itself. */
  readonly tenant_id?: string | undefined
  readonly client_id?: string | undefined
  readonly client_secret?: string | undefined
  /** Google: a file of a service account, or of a federated identity. */
  readonly credentials_file?: string | undefined
  /** AWS: a key of a user, or of a role. */
  readonly access_key_id?: string | undefined
  readonly secret_access_key?: string | undefined
  readonly session_token?: string | undefined
}

/** What may be said of an identity at each cloud. */
export const identityFields: Readonly<Record<CloudName, readonly (keyof IdentitySettings)[]>> = {
  azure: ['tenant_id', 'client_id', 'client_secret'],
  aws: ['access_key_id', 'secret_access_key', 'session_token'],
  google: ['credentials_file'],
}

/** Stands in an upstream in place of a key. A transport turns it into what the cloud wants with each request. */
export interface CloudIdentity {
  readonly cloud: CloudName
  readonly settings: IdentitySettings
  /** AWS: the region that requests are signed for. Default: the environment's. */
  readonly region?: string | undefined
}
