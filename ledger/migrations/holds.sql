-- Legal holds, and what keeps erased things erased. Runs as ledger_owner; see 0004_holds.py.

CREATE TABLE ledger_hold (
  id uuid PRIMARY KEY, key_id uuid NOT NULL REFERENCES ledger_subject_key,
  basis text NOT NULL CHECK (basis IN ('suit', 'audit', 'appeal', 'law')),
  placed_at timestamptz NOT NULL DEFAULT clock_timestamp(), lifted_at timestamptz,
  CHECK (lifted_at >= placed_at));
CREATE INDEX ON ledger_hold (key_id) WHERE lifted_at IS NULL;

-- A hold and an erasure of the same values wait for each other: whichever comes second sees the first.
CREATE FUNCTION ledger_check_hold() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER SET search_path = '' AS $$
BEGIN
  PERFORM 1 FROM public.ledger_subject_key WHERE id = NEW.key_id AND wrapped_dek IS NOT NULL FOR SHARE;
  IF NOT FOUND THEN
    RAISE EXCEPTION 'what was erased cannot be held' USING ERRCODE = 'integrity_constraint_violation';
  END IF;
  RETURN NEW;
END $$;
CREATE FUNCTION ledger_keep_held() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER SET search_path = '' AS $$
DECLARE kept uuid := (to_jsonb(OLD) ->> TG_ARGV[0])::uuid;
BEGIN
  IF EXISTS (SELECT FROM public.ledger_hold WHERE key_id = kept AND lifted_at IS NULL) THEN
    RAISE EXCEPTION 'a legal hold keeps the values under key %', kept USING ERRCODE = 'integrity_constraint_violation';
  END IF;
  RETURN CASE WHEN TG_OP = 'DELETE' THEN OLD ELSE NEW END;
END $$;

CREATE TRIGGER check_hold BEFORE INSERT ON ledger_hold FOR EACH ROW EXECUTE FUNCTION ledger_check_hold();
CREATE TRIGGER forbid_again BEFORE UPDATE ON ledger_hold FOR EACH ROW
  WHEN (OLD.lifted_at IS NOT NULL OR (OLD.id, OLD.key_id, OLD.basis, OLD.placed_at) IS DISTINCT FROM (NEW.id, NEW.key_id, NEW.basis, NEW.placed_at))
  EXECUTE FUNCTION ledger_forbid();
CREATE TRIGGER forbid_delete BEFORE DELETE ON ledger_hold FOR EACH ROW EXECUTE FUNCTION ledger_forbid();
CREATE TRIGGER forbid_all BEFORE TRUNCATE ON ledger_hold FOR EACH STATEMENT EXECUTE FUNCTION ledger_forbid();
CREATE CONSTRAINT TRIGGER leaf_on_insert AFTER INSERT ON ledger_hold DEFERRABLE INITIALLY DEFERRED FOR EACH ROW
  EXECUTE FUNCTION ledger_require_leaf('id');
CREATE CONSTRAINT TRIGGER leaf_on_update AFTER UPDATE ON ledger_hold DEFERRABLE INITIALLY DEFERRED FOR EACH ROW
  EXECUTE FUNCTION ledger_require_leaf('id');
ALTER TABLE ledger_hold ENABLE ALWAYS TRIGGER check_hold, ENABLE ALWAYS TRIGGER forbid_again, ENABLE ALWAYS TRIGGER forbid_delete,
  ENABLE ALWAYS TRIGGER forbid_all, ENABLE ALWAYS TRIGGER leaf_on_insert, ENABLE ALWAYS TRIGGER leaf_on_update;

-- A destroyed key stays destroyed, and no key disappears, or a new one of the same name could take its place.
CREATE TRIGGER forbid_revival BEFORE UPDATE ON ledger_subject_key FOR EACH ROW WHEN (OLD.wrapped_dek IS NULL) EXECUTE FUNCTION ledger_forbid();
CREATE TRIGGER forbid_delete BEFORE DELETE ON ledger_subject_key FOR EACH ROW EXECUTE FUNCTION ledger_forbid();
CREATE TRIGGER forbid_all BEFORE TRUNCATE ON ledger_subject_key FOR EACH STATEMENT EXECUTE FUNCTION ledger_forbid();
CREATE TRIGGER keep_held BEFORE UPDATE ON ledger_subject_key FOR EACH ROW WHEN (NEW.wrapped_dek IS NULL) EXECUTE FUNCTION ledger_keep_held('id');
CREATE TRIGGER keep_held BEFORE DELETE ON ledger_opening FOR EACH ROW EXECUTE FUNCTION ledger_keep_held('key_id');
CREATE TRIGGER forbid_all BEFORE TRUNCATE ON ledger_opening FOR EACH STATEMENT EXECUTE FUNCTION ledger_forbid();
ALTER TABLE ledger_subject_key ENABLE ALWAYS TRIGGER forbid_revival, ENABLE ALWAYS TRIGGER forbid_delete,
  ENABLE ALWAYS TRIGGER forbid_all, ENABLE ALWAYS TRIGGER keep_held;
ALTER TABLE ledger_opening ENABLE ALWAYS TRIGGER keep_held, ENABLE ALWAYS TRIGGER forbid_all;

GRANT SELECT ON ledger_hold TO ledger_writer;
GRANT SELECT, INSERT, UPDATE (lifted_at) ON ledger_hold TO ledger_eraser;
-- A new key-encryption key: every wrapped key is wrapped again.
GRANT UPDATE (kek_id) ON ledger_subject_key TO ledger_eraser;
