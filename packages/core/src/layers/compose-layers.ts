import type { Engine, Layer } from '../engine.ts'

/**
 * The places of layers, in the order that a call walks through them. What may refuse for less stands first; money is last,
 * so that what is set aside is for the call as it will be sent.
 */
export const layerPlaces = ['rates', 'guards', 'cache', 'money'] as const

export type LayerPlace = (typeof layerPlaces)[number]

/** Layers by their places; those of one place stand in the order given, the first outermost. */
export type PlacedLayers = { readonly [Place in LayerPlace]?: readonly Layer[] | undefined }

/** Layers as a user gives them: a list alone stands where guards do, and may change the call. */
export type Layers = PlacedLayers | readonly Layer[]

/**
 * Puts layers around an engine, by place. Without any it is the engine itself, and costs nothing.
 *
 * @throws RangeError for a place that there is not.
 */
export function composeLayers(layers: Layers, engine: Engine): Engine {
  const placed: PlacedLayers = isList(layers) ? { guards: layers } : layers
  for (const place of Object.keys(placed)) {
    if (!layerPlaces.some((known) => known === place))
      throw new RangeError(`layers: there is no place "${place}". There are ${layerPlaces.join(', ')}.`)
  }
  return layerPlaces.flatMap((place) => placed[place] ?? []).reduceRight((next, layer) => layer(next), engine)
}

const isList = (layers: Layers): layers is readonly Layer[] => Array.isArray(layers)
