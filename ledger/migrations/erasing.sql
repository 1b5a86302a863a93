-- Erasing and holding by narrow functions instead of a role that the portal's login may take. Runs as ledger_owner.
-- Whoever calls them can destroy a whole key or place and lift a hold, and only together with the leaf that says so:
-- no single value goes, no key is changed, nothing goes unseen.

CREATE FUNCTION ledger_erase(key uuid) RETURNS TABLE (record_id bigint, path text) LANGUAGE plpgsql SECURITY DEFINER SET search_path = '' AS $$
#variable_conflict use_column
BEGIN
  UPDATE public.ledger_subject_key SET wrapped_dek = NULL, destroyed_at = clock_timestamp() WHERE id = key AND wrapped_dek IS NOT NULL;
  IF NOT FOUND THEN
    RAISE EXCEPTION 'no values are sealed under key %', key USING ERRCODE = 'no_data_found';
  END IF;
  RETURN QUERY DELETE FROM public.ledger_opening o WHERE o.key_id = key RETURNING o.record_id, o.path;
END $$;
CREATE FUNCTION ledger_place_hold(hold uuid, key uuid, basis text) RETURNS void LANGUAGE sql SECURITY DEFINER SET search_path = '' AS $$
  INSERT INTO public.ledger_hold (id, key_id, basis) VALUES (hold, key, basis) $$;
CREATE FUNCTION ledger_lift_hold(hold uuid) RETURNS boolean LANGUAGE plpgsql SECURITY DEFINER SET search_path = '' AS $$
BEGIN
  UPDATE public.ledger_hold SET lifted_at = clock_timestamp() WHERE id = hold AND lifted_at IS NULL;
  RETURN FOUND;
END $$;
REVOKE ALL ON FUNCTION ledger_erase, ledger_place_hold, ledger_lift_hold FROM PUBLIC;
GRANT EXECUTE ON FUNCTION ledger_erase, ledger_place_hold, ledger_lift_hold TO ledger_writer;

-- Whoever destroys a key, by the function or as owner of the table, leaves a leaf about it in the same transaction.
CREATE CONSTRAINT TRIGGER leaf_on_erasure AFTER UPDATE ON ledger_subject_key DEFERRABLE INITIALLY DEFERRED FOR EACH ROW
  WHEN (OLD.wrapped_dek IS NOT NULL AND NEW.wrapped_dek IS NULL) EXECUTE FUNCTION ledger_require_leaf('id');
ALTER TABLE ledger_subject_key ENABLE ALWAYS TRIGGER leaf_on_erasure;

-- What is left to the eraser is the maintenance of keys: wrapping them again under a new key-encryption key.
REVOKE DELETE ON ledger_opening FROM ledger_eraser;
REVOKE INSERT, UPDATE (lifted_at) ON ledger_hold FROM ledger_eraser;
REVOKE UPDATE (destroyed_at) ON ledger_subject_key FROM ledger_eraser;
