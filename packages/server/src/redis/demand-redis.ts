/** What a server says of itself, by its name in `INFO`. */
export type RedisFacts = ReadonlyMap<string, string>

/** What is wrong with a server, in a line that says what helps. */
export interface RedisComplaint {
  readonly says: string
  /** Whether it cannot be used at all. */
  readonly isRefusal: boolean
}

/** The oldest version that the scripts were tried on. */
const OLDEST = { major: 6, minor: 2 }

/** @param text what `INFO` answered */
export function readInfo(text: string): RedisFacts {
  const pairs = text.split(/\r?\n/).map((line) => line.split(':', 2))
  return new Map(pairs.flatMap(([name, value]) => (name !== undefined && value !== undefined ? [[name, value]] : [])))
}

/** A server in words, such as `Redis 7.2.4`. */
export function versionOf(facts: RedisFacts): string {
  const valkey = facts.get('valkey_version')
  return valkey === undefined ? `Redis ${facts.get('redis_version') ?? ''}` : `Valkey ${valkey}`
}

/**
 * Looks whether a server keeps what rates need: a version that is known, one server for all keys, which takes writes, and that throws
 * nothing away that counts.
 */
export function complaintsOfRedis(facts: RedisFacts): RedisComplaint[] {
  const complaints: RedisComplaint[] = []
  const refuse = (says: string): number => complaints.push({ says, isRefusal: true })
  const version = facts.get('redis_version') ?? ''
  const [major = 0, minor = 0] = version.split('.').map(Number)
  const isOld = major < OLDEST.major || (major === OLDEST.major && minor < OLDEST.minor)
  // Valkey tells the version of Redis that it stands for under this name, which is 7.2.
  if (isOld)
    refuse(`it is version ${version || 'unknown'}. Use Redis ${OLDEST.major}.${OLDEST.minor} or later, or Valkey`)
  if (facts.get('cluster_enabled') === '1')
    refuse('it is a cluster, over whose servers one question cannot be counted. Use one server with its replicas')
  if (facts.get('role') === 'slave') refuse('it is a replica, which takes no writes. Give the address of its primary')
  const policy = facts.get('maxmemory_policy') ?? 'noeviction'
  if (policy.startsWith('allkeys-'))
    refuse(`its maxmemory-policy is ${policy}, which throws away counts of rates. Set maxmemory-policy noeviction`)
  else if (policy.startsWith('volatile-') && facts.get('maxmemory') !== '0')
    complaints.push({
      says:
        `its maxmemory-policy is ${policy}: once ${facts.get('maxmemory_human') ?? 'its memory'} is full it throws away counts of ` +
        'rates, which are then exceeded. Set maxmemory-policy noeviction',
      isRefusal: false,
    })
  return complaints
}
