-- Text is compared bytewise, as in SQLite: COLLATE "C", in every column, for columns of two collations do not compare.

-- The head row is the compare-and-swap of every append. It is narrow, and half of each page stays free, so that an
-- append's new version of the row lands beside the old one and no index changes.
CREATE TABLE board_heads (
  board_id     text COLLATE "C" PRIMARY KEY,
  epoch        bigint NOT NULL,
  seq          bigint NOT NULL,
  batch_id     text COLLATE "C" NOT NULL,
  format       integer NOT NULL,
  snapshot_seq bigint NOT NULL DEFAULT 0
) WITH (fillfactor = 50, autovacuum_vacuum_scale_factor = 0.02);

-- prev_batch_id is the chain that makes a lost tail visible. The digests are unsigned numbers of 64 bits, kept as the
-- signed ones of the same bits.
CREATE TABLE board_batches (
  board_id      text COLLATE "C" NOT NULL,
  first_seq     bigint NOT NULL,
  last_seq      bigint NOT NULL,
  epoch         bigint NOT NULL,
  batch_id      text COLLATE "C" NOT NULL,
  prev_batch_id text COLLATE "C" NOT NULL,
  digest_all    bigint NOT NULL,
  digest_public bigint NOT NULL,
  node          text COLLATE "C" NOT NULL,
  at            bigint NOT NULL,
  body          bytea NOT NULL,
  PRIMARY KEY (board_id, first_seq)
);

-- One snapshot for each board: the newest. Its parts are compressed already.
CREATE TABLE board_snapshots (
  board_id      text COLLATE "C" PRIMARY KEY,
  seq           bigint NOT NULL,
  epoch         bigint NOT NULL,
  batch_id      text COLLATE "C" NOT NULL,
  at            bigint NOT NULL,
  digest_all    bigint NOT NULL,
  digest_public bigint NOT NULL,
  open_part     bytea NOT NULL,
  rest_part     bytea NOT NULL
);
ALTER TABLE board_snapshots ALTER COLUMN open_part SET STORAGE EXTERNAL, ALTER COLUMN rest_part SET STORAGE EXTERNAL;
