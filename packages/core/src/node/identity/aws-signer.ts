import type { AwsV4Signer } from 'aws4fetch'
import type { CloudIdentity } from '../../cloud-identity.ts'
import { join } from '../../bytes/splice.ts'
import type { Headers, Upstream, UpstreamRequest } from '../../transport.ts'
import { IdentityError } from './ask-over.ts'
import type { Authorizer } from './authorizer.ts'
import { awsCredentials, type AwsCredentials } from './aws-credentials.ts'
import { Expiring } from './expiring.ts'
import { variable, type IdentityWorld } from './identity-world.ts'

/** A clock further off than this is set right by what AWS says the time is. AWS itself lets five minutes pass. */
const OFF_MS = 60_000

/** Headers that a signature consists of. */
const SIGNATURE = ['authorization', 'x-amz-date', 'x-amz-security-token', 'x-amz-content-sha256']

/**
 * Signs requests as AWS wants them: Signature Version 4, by the package `aws4fetch`, for whoever has it.
 *
 * https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_sigv.html
 */
export function awsSigner({ settings, region: said }: CloudIdentity, world: IdentityWorld): Authorizer {
  const { clock } = world
  const credentials = new Expiring(() => awsCredentials(settings, world), clock)
  const keys = new Map<string, ArrayBuffer>()
  /** What this machine's clock is off by. */
  let offsetMs = 0
  const sign = async (to: Upstream, request: UpstreamRequest, held: AwsCredentials): Promise<Headers> => {
    const region = said ?? variable(world, 'AWS_REGION', 'AWS_DEFAULT_REGION')
    if (region === undefined)
      throw new IdentityError('A request to AWS cannot be signed without a region: set region, or AWS_REGION')
    if (keys.size > MOST_KEYS) keys.clear()
    const signer = new (await loadSigner())({
      accessKeyId: held.accessKeyId,
      secretAccessKey: held.secretAccessKey,
      ...(held.sessionToken !== undefined && { sessionToken: held.sessionToken }),
      method: request.method,
      url: to.origin + request.path,
      body: request.body === undefined ? undefined : new Uint8Array(join(request.body)),
      service: 'bedrock',
      region,
      datetime: new Date(clock.now() + offsetMs).toISOString().replaceAll(/[:-]|\.\d{3}/g, ''),
      cache: keys,
    })
    const { headers } = await signer.sign()
    return Object.fromEntries([...headers].filter(([name]) => SIGNATURE.includes(name)))
  }
  return {
    authorize: async (to, request) => sign(to, request, await credentials.get()),
    refused({ date }) {
      const off = Date.parse(date ?? '') - clock.now()
      if (Math.abs(off - offsetMs) > OFF_MS) offsetMs = off
      else credentials.forget()
    },
  }
}

/** One a day, and for each credential. */
const MOST_KEYS = 100

async function loadSigner(): Promise<typeof AwsV4Signer> {
  try {
    return (await import('aws4fetch')).AwsV4Signer
  } catch (cause) {
    throw new IdentityError(
      'Requests to AWS are signed by the package aws4fetch, which is not installed: npm install aws4fetch',
      { cause },
    )
  }
}
