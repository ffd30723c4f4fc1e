-- The head row is the compare-and-swap of every append.
CREATE TABLE board_heads (
  board_id     TEXT PRIMARY KEY,
  epoch        INTEGER NOT NULL,
  seq          INTEGER NOT NULL,
  batch_id     TEXT NOT NULL,
  format       INTEGER NOT NULL,
  snapshot_seq INTEGER NOT NULL DEFAULT 0
) STRICT, WITHOUT ROWID;

-- prev_batch_id is the chain that makes a lost tail visible.
CREATE TABLE board_batches (
  board_id      TEXT NOT NULL,
  first_seq     INTEGER NOT NULL,
  last_seq      INTEGER NOT NULL,
  epoch         INTEGER NOT NULL,
  batch_id      TEXT NOT NULL,
  prev_batch_id TEXT NOT NULL,
  digest_all    INTEGER NOT NULL,
  digest_public INTEGER NOT NULL,
  node          TEXT NOT NULL,
  at            INTEGER NOT NULL,
  body          BLOB NOT NULL,
  PRIMARY KEY (board_id, first_seq)
) STRICT;

-- One snapshot for each board: the newest.
CREATE TABLE board_snapshots (
  board_id      TEXT PRIMARY KEY,
  seq           INTEGER NOT NULL,
  epoch         INTEGER NOT NULL,
  batch_id      TEXT NOT NULL,
  at            INTEGER NOT NULL,
  digest_all    INTEGER NOT NULL,
  digest_public INTEGER NOT NULL,
  open_part     BLOB NOT NULL,
  rest_part     BLOB NOT NULL
) STRICT;
