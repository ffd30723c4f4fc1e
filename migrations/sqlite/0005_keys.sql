-- Fingerprints of the token keys that a server takes, the signing one first, with blanks between; never the keys.
ALTER TABLE servers ADD COLUMN keys TEXT NOT NULL DEFAULT '';
