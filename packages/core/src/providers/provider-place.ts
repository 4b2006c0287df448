import type { CloudIdentity, IdentitySettings } from '../cloud-identity.ts'
import type { CredentialHeader } from '../transport.ts'
import type { Provider } from './provider.ts'

/** What a configuration may say of where a provider is. Which of it beside `base_url` a type has is in its row. */
export interface PlaceSettings {
  /** Default: the provider's public address, where it has one. */
  readonly base_url?: string | undefined
  /**
   * Azure OpenAI: the dated version of the API, such as `2024-10-21`, by which deployments are asked at paths of their own.
   * Default: the v1 API, which has no versions.
   */
  readonly api_version?: string | undefined
  /** Amazon Bedrock: the region, such as `us-east-1`. */
  readonly region?: string | undefined
  /** Google Vertex: the project, and where in the world it is asked. Default: none, so that the key says which; `global`. */
  readonly project?: string | undefined
  readonly location?: string | undefined
  /**
   * Clouds: as whom they are called in place of a key. `environment` is whoever the environment, or the machine itself, says.
   * Default: nobody, and the key is sent.
   */
  readonly identity?: 'environment' | IdentitySettings | undefined
}

/** What is said there beside the address, by name. */
export const placeSettings = ['api_version', 'region', 'project', 'location'] as const satisfies readonly Exclude<
  keyof PlaceSettings,
  'base_url' | 'identity'
>[]

export type PlaceSetting = (typeof placeSettings)[number]

/** Where a provider is, and how it is spoken to there. */
export interface ProviderPlace {
  /** Default: the type's. */
  readonly baseUrl?: string | undefined
  /** Default: the type's. */
  readonly adapter?: Provider | undefined
  /** Default: the type's. */
  readonly credentialHeader?: CredentialHeader | undefined
  readonly identity?: CloudIdentity | undefined
}
