import type { IdentitySettings } from '../../cloud-identity.ts'
import { form, readAccessToken } from './access-token.ts'
import { IdentityError } from './ask-over.ts'
import type { Lasting } from './expiring.ts'
import { variable, type IdentityWorld } from './identity-world.ts'

const WHO = 'Microsoft Entra ID'
const AUTHORITY = 'https://login.microsoftonline.com'
/** What Azure's services for AI are called where tokens are given. */
const RESOURCE = 'https://cognitiveservices.azure.com'
const IMDS = 'http://169.254.169.254/metadata/identity/oauth2/token'

/**
 * A token of Entra ID for Azure OpenAI: of an application by its secret, of a workload by the token that Kubernetes gives it, else
 * of the machine's managed identity.
 *
 * https://learn.microsoft.com/entra/identity-platform/v2-oauth2-client-creds-grant-flow
 * https://learn.microsoft.com/entra/identity/managed-identities-azure-resources/how-to-use-vm-token
 */
export async function entraToken(settings: IdentitySettings, world: IdentityWorld): Promise<Lasting<string>> {
  const tenant = settings.tenant_id ?? variable(world, 'AZURE_TENANT_ID')
  const client = settings.client_id ?? variable(world, 'AZURE_CLIENT_ID')
  const secret = settings.client_secret ?? variable(world, 'AZURE_CLIENT_SECRET')
  const file = variable(world, 'AZURE_FEDERATED_TOKEN_FILE')
  if (secret !== undefined) return ofApplication(tenant, client, { client_secret: secret }, world)
  if (file === undefined) return ofMachine(client, world)
  const assertion = (await world.readFile(file)).trim()
  return ofApplication(tenant, client, { client_assertion_type: JWT_BEARER, client_assertion: assertion }, world)
}

const JWT_BEARER = 'urn:ietf:params:oauth:client-assertion-type:jwt-bearer'

async function ofApplication(
  tenant: string | undefined,
  client: string | undefined,
  proof: Readonly<Record<string, string>>,
  world: IdentityWorld,
): Promise<Lasting<string>> {
  if (tenant === undefined || client === undefined)
    throw new IdentityError(
      `${WHO} cannot be asked: set tenant_id and client_id, or AZURE_TENANT_ID and AZURE_CLIENT_ID`,
    )
  const authority = (variable(world, 'AZURE_AUTHORITY_HOST') ?? AUTHORITY).replace(/\/+$/, '')
  const url = `${authority}/${encodeURIComponent(tenant)}/oauth2/v2.0/token`
  const fields = { grant_type: 'client_credentials', client_id: client, scope: `${RESOURCE}/.default`, ...proof }
  return readAccessToken(WHO, await world.ask(WHO, url, { method: 'POST', ...form(fields) }))
}

/** App Service and Container Apps say where to ask; a virtual machine is asked at an address that is the same everywhere. */
async function ofMachine(client: string | undefined, world: IdentityWorld): Promise<Lasting<string>> {
  const endpoint = variable(world, 'IDENTITY_ENDPOINT')
  const header = variable(world, 'IDENTITY_HEADER')
  const isService = endpoint !== undefined && header !== undefined
  const query = new URLSearchParams({
    'api-version': isService ? '2019-08-01' : '2018-02-01',
    resource: RESOURCE,
    ...(client !== undefined && { client_id: client }),
  })
  const who = "Azure's managed identity"
  const headers = isService ? { 'x-identity-header': header } : { metadata: 'true' }
  const text = await world.ask(who, `${isService ? endpoint : IMDS}?${query.toString()}`, { headers })
  const { lifetimeMs, value } = readAccessToken(who, text)
  return { value, lifetimeMs: endOf(text, world) ?? lifetimeMs }
}

/** App Service says when a token ends, and not how long it lives. */
function endOf(text: string, { clock }: IdentityWorld): number | undefined {
  if (/"expires_in"/.test(text)) return undefined
  const seconds = Number(/"expires_on"\s*:\s*"?(\d+)/.exec(text)?.[1])
  const left = seconds * 1000 - clock.now()
  return left > 0 ? left : undefined
}
