import { text, wrong } from '../../wire/check-field.ts'

/** The texts at which the answer shall stop; what is no text is left out. */
export function stopTexts(stop: unknown): string[] {
  const given: unknown[] = Array.isArray(stop) ? stop : [stop]
  return given.filter((item) => typeof item === 'string')
}

/** @throws SpekaError `invalid_value` for what is no text. */
export function checkStopTexts(stop: unknown): void {
  const given: unknown[] = Array.isArray(stop) ? stop : []
  const index = given.findIndex((item) => typeof item !== 'string')
  if (index !== -1) throw wrong(`stop[${index}]`, text)
}
