// What the threads of a store need of the engine, and no more: they start in a moment, which all of it would take long to load in.

export { chargedUnits, type ChargedUnit } from './pricing/charged-units.ts'
export { countNames, unitEntries, units, type CountName } from './units.ts'
