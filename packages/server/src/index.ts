export { startServer, type RunningServer } from './server.ts'
export { readSettings, SettingsError, type SettingFlags, type Settings } from './config/settings.ts'
export { ConfigError } from './config/config-error.ts'
