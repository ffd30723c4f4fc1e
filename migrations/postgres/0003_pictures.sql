-- What the list's thumbnails are drawn from; '' until the board is next projected.
ALTER TABLE boards ADD COLUMN picture text COLLATE "C" NOT NULL DEFAULT '';
