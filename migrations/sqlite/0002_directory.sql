-- Who the people are and how they get in. Nothing here decides what a person may do on a board: the board does.
-- Times are milliseconds since 1970. Secrets are kept as hashes, but for token_keys and the set-up secret: a backup
-- leaves those out.

CREATE TABLE people (
  id          TEXT PRIMARY KEY,
  kind        TEXT NOT NULL CHECK (kind IN ('account', 'guest')),
  name        TEXT NOT NULL,
  department  TEXT NOT NULL DEFAULT '',
  color       TEXT NOT NULL,
  lang        TEXT NOT NULL,
  login       TEXT UNIQUE,
  password    TEXT,
  admin       INTEGER NOT NULL DEFAULT 0,
  created_at  INTEGER NOT NULL,
  disabled_at INTEGER,
  adopted_by  TEXT REFERENCES people (id)
) STRICT;
CREATE INDEX people_by_adopter ON people (adopted_by) WHERE adopted_by IS NOT NULL;
CREATE INDEX people_by_disabled_at ON people (disabled_at) WHERE disabled_at IS NOT NULL;

-- One browser signed in as one person. Its refresh tokens follow each other.
CREATE TABLE sign_ins (
  id         TEXT PRIMARY KEY,
  person     TEXT NOT NULL REFERENCES people (id),
  created_at INTEGER NOT NULL,
  seen_at    INTEGER NOT NULL,
  ended_at   INTEGER
) STRICT;
CREATE INDEX sign_ins_by_person ON sign_ins (person);
CREATE INDEX sign_ins_by_ended_at ON sign_ins (ended_at) WHERE ended_at IS NOT NULL;

CREATE TABLE refresh_tokens (
  hash       TEXT PRIMARY KEY,
  sign_in    TEXT NOT NULL REFERENCES sign_ins (id),
  parent     TEXT,
  issued_at  INTEGER NOT NULL,
  expires_at INTEGER NOT NULL,
  spent_at   INTEGER
) STRICT;
CREATE INDEX refresh_tokens_by_sign_in ON refresh_tokens (sign_in);
CREATE INDEX refresh_tokens_by_expires_at ON refresh_tokens (expires_at);

-- What exists once per installation: the set-up secret, who set it up.
CREATE TABLE installation (
  name  TEXT PRIMARY KEY,
  value TEXT NOT NULL
) STRICT;

-- What signs access tokens, readable: whoever has a seed can be anybody.
CREATE TABLE token_keys (
  id         TEXT PRIMARY KEY,
  seed       TEXT NOT NULL,
  created_at INTEGER NOT NULL
) STRICT;

CREATE TABLE login_links (
  hash       TEXT PRIMARY KEY,
  person     TEXT NOT NULL REFERENCES people (id),
  created_at INTEGER NOT NULL,
  expires_at INTEGER NOT NULL,
  used_at    INTEGER
) STRICT;

-- The secret half of an invite. The board's invite record names the revision; without it a row opens nothing.
CREATE TABLE invites (
  id          TEXT PRIMARY KEY,
  board       TEXT NOT NULL,
  revision    TEXT NOT NULL,
  role        TEXT NOT NULL,
  secret_hash TEXT NOT NULL UNIQUE,
  passcode    TEXT,
  label       TEXT NOT NULL DEFAULT '',
  max_uses    INTEGER NOT NULL,
  uses        INTEGER NOT NULL DEFAULT 0,
  expires_at  INTEGER NOT NULL,
  created_by  TEXT NOT NULL,
  created_at  INTEGER NOT NULL
) STRICT;
CREATE INDEX invites_by_board ON invites (board);

CREATE TABLE invite_uses (
  invite TEXT NOT NULL REFERENCES invites (id),
  person TEXT NOT NULL REFERENCES people (id),
  at     INTEGER NOT NULL,
  PRIMARY KEY (invite, person)
) STRICT;

-- Viewers by invite get no member record: this row lasts as long as the invite record names its revision.
CREATE TABLE viewers (
  board    TEXT NOT NULL,
  person   TEXT NOT NULL REFERENCES people (id),
  invite   TEXT NOT NULL,
  revision TEXT NOT NULL,
  at       INTEGER NOT NULL,
  PRIMARY KEY (board, person, invite)
) STRICT;
CREATE INDEX viewers_by_person ON viewers (person);

-- Projections for the list of boards, true as of seq. Nothing is authorised from them.
CREATE TABLE boards (
  id         TEXT PRIMARY KEY,
  seq        INTEGER NOT NULL,
  title      TEXT NOT NULL,
  changed_at INTEGER NOT NULL,
  changed_by TEXT NOT NULL,
  trashed_at INTEGER NOT NULL DEFAULT 0,
  phases     INTEGER NOT NULL,
  steps      INTEGER NOT NULL,
  cards      INTEGER NOT NULL,
  moments    INTEGER NOT NULL,
  curve      TEXT NOT NULL
) STRICT;

CREATE TABLE board_members (
  board  TEXT NOT NULL REFERENCES boards (id),
  person TEXT NOT NULL,
  role   TEXT NOT NULL,
  PRIMARY KEY (board, person)
) STRICT;
CREATE INDEX board_members_by_person ON board_members (person);

CREATE TABLE audit (
  id     INTEGER PRIMARY KEY,
  at     INTEGER NOT NULL,
  person TEXT NOT NULL,
  board  TEXT NOT NULL,
  act    TEXT NOT NULL,
  detail TEXT NOT NULL
) STRICT;
CREATE INDEX audit_by_at ON audit (at);
