/** Everything that is managed, each change of it, and when keys were last used. */
export const registryTables = `
  CREATE TABLE registry (
    kind       text    NOT NULL,
    id         text COLLATE "C" NOT NULL,
    account    text    NOT NULL,
    lookup     text,             -- what it may be found by beside its id
    labels     bigint  NOT NULL, -- of a key, the id of its label set; 0: none
    revision   bigint  NOT NULL, -- how often this record was written
    version    bigint  NOT NULL, -- which change of the registry wrote it last
    created_at bigint  NOT NULL,
    body       text    NOT NULL, -- the rest of the record, as JSON; no secret
    PRIMARY KEY (kind, id),
    UNIQUE (kind, lookup)
  );
  CREATE INDEX registry_by_age ON registry (kind, created_at, id);
  CREATE INDEX registry_by_account ON registry (kind, account, created_at, id);
  CREATE INDEX registry_by_version ON registry (version, kind, id);
  -- By the address alone: a member's look-up is his account, a space and his address.
  CREATE INDEX registry_member_by_email ON registry (substr(lookup, length(account) + 2), created_at, id) WHERE kind = 'member';

  -- Every change takes this row, so that changes come one after the other: versions and the audit have no gaps.
  CREATE TABLE registry_version (
    only_row boolean PRIMARY KEY DEFAULT true CHECK (only_row),
    version  bigint  NOT NULL,
    gateway  uuid    NOT NULL DEFAULT gen_random_uuid() -- which gateway it is, for whatever replicas share beside this database
  );
  INSERT INTO registry_version (version) VALUES (1);

  -- Each set once, since only a change of the registry makes one. By a digest, since an index holds no long text.
  CREATE TABLE label_set (id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY, labels text NOT NULL);
  CREATE INDEX label_set_by_labels ON label_set (md5(labels));

  -- No change of a key, and often written: so it is neither in its record nor in the audit.
  CREATE TABLE key_use (key_id text PRIMARY KEY, used_at bigint NOT NULL);

  CREATE TABLE audit (
    n        bigint PRIMARY KEY,
    at       bigint NOT NULL,
    actor    text   NOT NULL,
    action   text   NOT NULL,
    kind     text   NOT NULL,
    object   text   NOT NULL,
    account  text   NOT NULL,
    version  bigint NOT NULL,
    before   text,
    after    text   NOT NULL,
    previous text   NOT NULL,
    hash     text   NOT NULL
  );
  CREATE TRIGGER audit_is_never_changed BEFORE UPDATE OR DELETE ON audit FOR EACH ROW EXECUTE FUNCTION refuse_change();
  CREATE TRIGGER audit_is_never_emptied BEFORE TRUNCATE ON audit FOR EACH STATEMENT EXECUTE FUNCTION refuse_change();

  INSERT INTO registry (kind, id, account, lookup, labels, revision, version, created_at, body)
  VALUES ('account', 'default', 'default', NULL, 0, 1, 1, 0, '{"name":"default","plan":"none","status":"active"}');
`
