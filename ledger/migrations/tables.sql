-- The ledger's tables, functions, triggers and grants. Runs as ledger_owner; see 0001_initial.py.

-- Names are compared byte by byte (COLLATE "C"): the same on each machine, and faster than by any language's order.

-- What the business transaction writes. xact is the top-level transaction, so savepoints do not matter. CACHE 1 keeps ids causal.
CREATE TABLE ledger_record (
  id            bigint GENERATED ALWAYS AS IDENTITY (CACHE 1) PRIMARY KEY,
  leaf_id       uuid NOT NULL UNIQUE,
  subject_table text COLLATE "C" NOT NULL,
  subject_pk    text COLLATE "C" NOT NULL,
  xact          xid8 NOT NULL DEFAULT pg_current_xact_id(),
  leaf          bytea NOT NULL CHECK (octet_length(leaf) BETWEEN 2 AND 65535),
  leaf_hash     bytea NOT NULL GENERATED ALWAYS AS (sha256('\x00'::bytea || leaf)) STORED);
CREATE INDEX ON ledger_record (subject_table, subject_pk, id);
CREATE TABLE ledger_pending (record_id bigint PRIMARY KEY REFERENCES ledger_record);

-- What the sequencer writes.
CREATE TABLE ledger_entry (
  idx       bigint PRIMARY KEY CHECK (idx >= 0),
  record_id bigint NOT NULL UNIQUE REFERENCES ledger_record,
  leaf_hash bytea NOT NULL CHECK (octet_length(leaf_hash) = 32));
CREATE TABLE ledger_tile (
  level int CHECK (level BETWEEN 0 AND 63), n bigint CHECK (n >= 0), width int CHECK (width BETWEEN 1 AND 256), data bytea NOT NULL,
  PRIMARY KEY (level, n, width), CHECK (octet_length(data) = 32 * width));
CREATE TABLE ledger_tree_state (
  id int PRIMARY KEY CHECK (id = 1), size bigint NOT NULL CHECK (size >= 0), root bytea NOT NULL CHECK (octet_length(root) = 32));
INSERT INTO ledger_tree_state VALUES (1, 0, sha256(''));

-- What the signer and the publisher write.
CREATE TABLE ledger_checkpoint (
  size bigint PRIMARY KEY, root bytea NOT NULL CHECK (octet_length(root) = 32), note text NOT NULL, signed_at timestamptz NOT NULL);
CREATE TABLE ledger_cosignature (
  size bigint REFERENCES ledger_checkpoint, witness text, at bigint CHECK (at > 0), line text NOT NULL, PRIMARY KEY (size, witness, at));
CREATE TABLE ledger_published (
  id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY, size bigint NOT NULL REFERENCES ledger_checkpoint, note text NOT NULL, published_at timestamptz NOT NULL);

-- Decision numbers; sealed personal values.
CREATE TABLE ledger_series (series text COLLATE "C", year int, last bigint NOT NULL CHECK (last > 0), PRIMARY KEY (series, year));
CREATE TABLE ledger_subject_key (
  id uuid PRIMARY KEY, wrapped_dek bytea, kek_id text NOT NULL, destroyed_at timestamptz,
  CHECK ((wrapped_dek IS NULL) = (destroyed_at IS NOT NULL)));
CREATE TABLE ledger_opening (
  record_id bigint REFERENCES ledger_record, path text COLLATE "C", key_id uuid NOT NULL REFERENCES ledger_subject_key,
  nonce bytea NOT NULL CHECK (octet_length(nonce) = 12), ciphertext bytea NOT NULL, PRIMARY KEY (record_id, path));

-- The one place that writes a record. Only the functions of this schema's owner call it, so it changes no role on the way.
CREATE FUNCTION ledger_put(tbl text, pk text, leaf bytea) RETURNS bigint LANGUAGE plpgsql AS $$
DECLARE j jsonb := convert_from(leaf, 'UTF8')::jsonb; rid bigint;
BEGIN
  IF abs(extract(epoch FROM (j->>'at')::timestamptz - clock_timestamp())) > 60 THEN
    RAISE EXCEPTION 'leaf time % is not now', j->>'at' USING ERRCODE = 'check_violation';
  END IF;
  INSERT INTO public.ledger_record (leaf_id, subject_table, subject_pk, leaf) VALUES ((j->>'id')::uuid, tbl, pk, leaf) RETURNING id INTO rid;
  INSERT INTO public.ledger_pending VALUES (rid);
  RETURN rid;
END $$;

CREATE FUNCTION ledger_append(tbl text, pk text, leaf bytea) RETURNS uuid LANGUAGE plpgsql SECURITY DEFINER SET search_path = '' AS $$
DECLARE rid bigint := public.ledger_put(tbl, pk, leaf);
BEGIN RETURN (SELECT leaf_id FROM public.ledger_record WHERE id = rid); END $$;

-- The row lock is held to the end of the transaction: take numbers last, right before the leaf. A rollback gives the number back.
CREATE FUNCTION ledger_next_number(s text, y int) RETURNS bigint LANGUAGE sql SECURITY DEFINER SET search_path = '' AS $$
  INSERT INTO public.ledger_series AS t VALUES (s, y, 1)
  ON CONFLICT (series, year) DO UPDATE SET last = t.last + 1 RETURNING last $$;

-- Arguments: primary key column, state column (omit it for tables without a state).
CREATE FUNCTION ledger_require_leaf() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER SET search_path = '' AS $$
DECLARE r jsonb := to_jsonb(CASE WHEN TG_OP = 'DELETE' THEN OLD ELSE NEW END); state text := r ->> TG_ARGV[1];
BEGIN
  IF NOT EXISTS (
    SELECT 1 FROM public.ledger_record x JOIN public.ledger_pending p ON p.record_id = x.id
    WHERE x.xact = pg_current_xact_id() AND x.subject_table = TG_TABLE_NAME AND x.subject_pk = r ->> TG_ARGV[0]
      AND (state IS NULL OR TG_OP = 'DELETE' OR convert_from(x.leaf, 'UTF8')::jsonb #>> '{data,to}' = state)) THEN
    RAISE EXCEPTION '% of %.% has no ledger leaf in this transaction', TG_OP, TG_TABLE_NAME, r ->> TG_ARGV[0]
      USING ERRCODE = 'integrity_constraint_violation';
  END IF;
  RETURN NULL;
END $$;

CREATE FUNCTION ledger_forbid() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN RAISE EXCEPTION 'ledger is append-only: % on %', TG_OP, TG_TABLE_NAME USING ERRCODE = 'insufficient_privilege'; END $$;

DO $$ DECLARE t text; BEGIN
  FOREACH t IN ARRAY ARRAY['record', 'entry', 'checkpoint', 'cosignature', 'published'] LOOP
    EXECUTE format('CREATE TRIGGER forbid_row BEFORE UPDATE OR DELETE ON ledger_%s FOR EACH ROW EXECUTE FUNCTION ledger_forbid()', t);
    EXECUTE format('CREATE TRIGGER forbid_all BEFORE TRUNCATE ON ledger_%s FOR EACH STATEMENT EXECUTE FUNCTION ledger_forbid()', t);
    EXECUTE format('ALTER TABLE ledger_%s ENABLE ALWAYS TRIGGER forbid_row, ENABLE ALWAYS TRIGGER forbid_all', t);
  END LOOP;
END $$;
CREATE TRIGGER forbid_update BEFORE UPDATE ON ledger_tile FOR EACH ROW EXECUTE FUNCTION ledger_forbid();
CREATE TRIGGER forbid_delete BEFORE DELETE ON ledger_tile FOR EACH ROW WHEN (OLD.width = 256) EXECUTE FUNCTION ledger_forbid();
CREATE TRIGGER forbid_all BEFORE TRUNCATE ON ledger_tile FOR EACH STATEMENT EXECUTE FUNCTION ledger_forbid();
ALTER TABLE ledger_tile ENABLE ALWAYS TRIGGER forbid_update, ENABLE ALWAYS TRIGGER forbid_delete, ENABLE ALWAYS TRIGGER forbid_all;
CREATE TRIGGER forbid_shrink BEFORE UPDATE ON ledger_tree_state FOR EACH ROW WHEN (NEW.size <= OLD.size) EXECUTE FUNCTION ledger_forbid();
CREATE TRIGGER forbid_row BEFORE DELETE ON ledger_tree_state FOR EACH ROW EXECUTE FUNCTION ledger_forbid();
CREATE TRIGGER forbid_all BEFORE TRUNCATE ON ledger_tree_state FOR EACH STATEMENT EXECUTE FUNCTION ledger_forbid();
ALTER TABLE ledger_tree_state ENABLE ALWAYS TRIGGER forbid_shrink, ENABLE ALWAYS TRIGGER forbid_row, ENABLE ALWAYS TRIGGER forbid_all;

REVOKE ALL ON FUNCTION ledger_put, ledger_append, ledger_next_number FROM PUBLIC;
GRANT EXECUTE ON FUNCTION ledger_append, ledger_next_number TO ledger_writer;
GRANT SELECT ON ledger_record, ledger_pending, ledger_entry, ledger_tile, ledger_tree_state, ledger_checkpoint, ledger_cosignature, ledger_published
  TO ledger_writer, ledger_sequencer;
GRANT SELECT, INSERT ON ledger_opening, ledger_subject_key TO ledger_writer;
GRANT INSERT ON ledger_entry, ledger_tile, ledger_cosignature, ledger_published TO ledger_sequencer;
GRANT DELETE ON ledger_pending, ledger_tile TO ledger_sequencer;
GRANT UPDATE (size, root) ON ledger_tree_state TO ledger_sequencer;
GRANT SELECT ON ledger_tree_state, ledger_tile, ledger_checkpoint TO ledger_signer;
GRANT INSERT ON ledger_checkpoint TO ledger_signer;
GRANT SELECT, DELETE ON ledger_opening TO ledger_eraser;
GRANT SELECT, UPDATE (wrapped_dek, destroyed_at) ON ledger_subject_key TO ledger_eraser;
