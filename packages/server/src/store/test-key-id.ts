/**
 * How the id of a test key begins that stands in the configuration, and in no registry. So its rows are known for what they are
 * when it stands there no more.
 */
export const TEST_KEY_ID = 'key_config_test_'

/** Whether an id says by itself that it is a test key's: one of the registry says it in its record instead. */
export const saysTest = (keyId: string | undefined): boolean => keyId?.startsWith(TEST_KEY_ID) ?? false
