/** A setting that cannot be used: one line that names it and the remedy. */
export class SettingsError extends Error {
  override readonly name = 'SettingsError'
}
