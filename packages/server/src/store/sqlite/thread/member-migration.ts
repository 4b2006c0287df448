/** Members can be found by their addresses, in whatever accounts they are. Addresses are ASCII, so that SQLite's `lower` is enough. */
export const memberMigration = `
  CREATE INDEX registry_member_by_email ON registry (lower(json_extract(body, '$.email')), created_at, id) WHERE kind = 'member';
`
