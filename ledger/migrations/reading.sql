-- How readers find leaves: by kind, by decision number, by whose sealed values they hold. Runs as ledger_owner.
-- The bytes are looked at as they are, so that a leaf that somebody spoiled is still found and shown for what it is.
-- Canonical keys are sorted: the type stands near the end, and no other member of a leaf is called "no".
CREATE FUNCTION ledger_type(leaf bytea) RETURNS text LANGUAGE sql IMMUTABLE PARALLEL SAFE AS $$
  SELECT split_part(split_part(encode(substring(leaf FROM greatest(octet_length(leaf) - 300, 1)), 'escape'), '"type":"', -1), '","v":1}', 1) $$;
CREATE FUNCTION ledger_number(leaf bytea) RETURNS text LANGUAGE sql IMMUTABLE PARALLEL SAFE AS $$
  SELECT nullif(split_part(split_part(encode(leaf, 'escape'), '"no":"', 2), '"', 1), '') $$;
CREATE INDEX ledger_record_type ON ledger_record (ledger_type(leaf) text_pattern_ops, id);
CREATE INDEX ledger_record_number ON ledger_record (ledger_number(leaf) text_pattern_ops) WHERE ledger_number(leaf) IS NOT NULL;
CREATE INDEX ledger_opening_key ON ledger_opening (key_id, record_id);
CREATE INDEX ledger_published_at ON ledger_published (published_at);
