/** The names that SCIM has for its messages and resources. RFC 7643, RFC 7644. */
export const USER = 'urn:ietf:params:scim:schemas:core:2.0:User'
export const GROUP = 'urn:ietf:params:scim:schemas:core:2.0:Group'
export const LIST = 'urn:ietf:params:scim:api:messages:2.0:ListResponse'
export const ERROR = 'urn:ietf:params:scim:api:messages:2.0:Error'

const CORE = 'urn:ietf:params:scim:schemas:core:2.0'

/** How many a list has at the most. */
export const MOST_LISTED = 1000

/** `GET /scim/v2/ServiceProviderConfig` */
export const serviceProviderConfig = {
  schemas: [`${CORE}:ServiceProviderConfig`],
  patch: { supported: true },
  bulk: { supported: false, maxOperations: 0, maxPayloadSize: 0 },
  filter: { supported: true, maxResults: MOST_LISTED },
  changePassword: { supported: false },
  sort: { supported: false },
  etag: { supported: false },
  authenticationSchemes: [
    {
      type: 'oauthbearertoken',
      name: 'Bearer token',
      description: 'A token of the account, of the role owner or admin.',
      primary: true,
    },
  ],
}

const attribute = (name: string, more: object = {}) => ({
  name,
  type: 'string',
  multiValued: false,
  required: false,
  caseExact: false,
  mutability: 'readWrite',
  returned: 'default',
  uniqueness: 'none',
  ...more,
})

const several = (name: string, subAttributes: readonly object[], more: object = {}) =>
  attribute(name, { type: 'complex', multiValued: true, subAttributes, ...more })

/** `GET /scim/v2/Schemas` */
export const schemas = [
  {
    schemas: [`${CORE}:Schema`],
    id: USER,
    name: 'User',
    description: 'A member of the account',
    attributes: [
      attribute('userName', { required: true, uniqueness: 'server' }),
      attribute('externalId', { caseExact: true }),
      attribute('displayName'),
      attribute('name', { type: 'complex', subAttributes: [attribute('givenName'), attribute('familyName')] }),
      several('emails', [attribute('value'), attribute('type'), attribute('primary', { type: 'boolean' })]),
      attribute('active', { type: 'boolean' }),
      several('groups', [attribute('value'), attribute('display')], { mutability: 'readOnly' }),
    ],
  },
  {
    schemas: [`${CORE}:Schema`],
    id: GROUP,
    name: 'Group',
    description: 'People who have a role by it',
    attributes: [
      attribute('displayName', { required: true, uniqueness: 'server' }),
      attribute('externalId', { caseExact: true }),
      several('members', [attribute('value', { mutability: 'immutable' }), attribute('display')]),
    ],
  },
]

/** `GET /scim/v2/ResourceTypes` */
export const resourceTypes = [
  { name: 'User', schema: USER },
  { name: 'Group', schema: GROUP },
].map(({ name, schema }) => ({
  schemas: [`${CORE}:ResourceType`],
  id: name,
  name,
  endpoint: `/${name}s`,
  schema,
}))
