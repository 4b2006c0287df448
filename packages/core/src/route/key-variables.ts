import { shippedModels } from '../catalog/shipped-models.ts'
import { shippedTargets } from '../catalog/shipped-targets.ts'
import { isProviderType, knownProviders, type KnownProvider } from '../providers/known-providers.ts'

/** The environment variables of which any one makes a shipped model callable, in the order its providers are tried. */
export function keyVariablesFor(modelId: string): string[] {
  if (!shippedModels.some(({ id }) => id === modelId)) return []
  return shippedTargets(modelId).flatMap(({ provider }) => {
    const known: KnownProvider | undefined = isProviderType(provider) ? knownProviders[provider] : undefined
    return known?.keyVariable ?? []
  })
}
