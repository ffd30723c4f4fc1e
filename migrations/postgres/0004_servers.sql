-- What servers that share a database tell each other by it: who has another name, who may look no more.
ALTER TABLE people ADD COLUMN changed_at bigint;
CREATE INDEX people_by_changed_at ON people (changed_at) WHERE changed_at IS NOT NULL;
ALTER TABLE viewers ADD COLUMN removed_at bigint;
CREATE INDEX viewers_by_removed_at ON viewers (removed_at) WHERE removed_at IS NOT NULL;

-- The servers that run on this database. Each says every few seconds that it is there, and takes its row away at the end.
CREATE TABLE servers (
  node        text COLLATE "C" PRIMARY KEY,
  name        text COLLATE "C" NOT NULL,
  version     text COLLATE "C" NOT NULL,
  url         text COLLATE "C" NOT NULL,
  clock_ahead bigint NOT NULL, -- the database's clock before the server's, in milliseconds
  started_at  bigint NOT NULL,
  seen_at     bigint NOT NULL
);
