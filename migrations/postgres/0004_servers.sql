-- What servers that share a database tell each other by it: who has another name, who may look no more.
ALTER TABLE people ADD COLUMN changed_at BIGINT;
CREATE INDEX people_by_changed_at ON people (changed_at) WHERE changed_at IS NOT NULL;
ALTER TABLE viewers ADD COLUMN removed_at BIGINT;
CREATE INDEX viewers_by_removed_at ON viewers (removed_at) WHERE removed_at IS NOT NULL;

-- The servers that run on this database. Each says every few seconds that it is there, and takes its row away at the end.
CREATE TABLE servers (
  node        TEXT PRIMARY KEY,
  name        TEXT NOT NULL,
  version     TEXT NOT NULL,
  url         TEXT NOT NULL,
  clock_ahead BIGINT NOT NULL, -- the database's clock before the server's, in milliseconds
  started_at  BIGINT NOT NULL,
  seen_at     BIGINT NOT NULL
);
