-- All that an append asks and says, in one call whose plans PostgreSQL keeps. Runs as ledger_owner; see 0003_calls.py.

-- The leaf comes in pieces, cut where only the database knows what stands there: the time; the decision number, when
-- there is a series; the previous leaf of the row, before the other refs. Answers false, having done nothing, when a key
-- that values are sealed under is not the one in the table (any more): the caller reads it and comes again.
-- Arrays make PostgreSQL plan anew for each call what it need not, hence the generic plans.
-- The number's row stays locked to the end of the transaction, so it is taken late, and the clock is read after it.
CREATE FUNCTION ledger_write(
  tbl text, pk text, series text, to_at text, to_no text, to_refs text, refs text[], tail text,
  keys uuid[], wrapped bytea[], paths text[], owners uuid[], nonces bytea[], sealed bytea[])
RETURNS boolean LANGUAGE plpgsql SECURITY DEFINER SET search_path = '' SET plan_cache_mode = force_generic_plan AS $$
DECLARE previous text; no text := ''; y int; rid bigint;
BEGIN
  IF cardinality(keys) <> (
    SELECT count(*) FROM public.ledger_subject_key k WHERE k.id = ANY (keys) AND k.wrapped_dek = ANY (wrapped)) THEN
    RETURN false;
  END IF;
  IF series IS NOT NULL THEN
    y := extract(year FROM clock_timestamp() AT TIME ZONE 'Asia/Seoul');
    no := series || '/' || y || '/' || public.ledger_next_number(series, y);
  END IF;
  SELECT r.leaf_id INTO previous FROM public.ledger_record r
    WHERE r.subject_table = tbl AND r.subject_pk = pk ORDER BY r.id DESC LIMIT 1;
  IF previous IS NOT NULL THEN
    refs := previous || array_remove(refs, previous);
  END IF;
  rid := public.ledger_put(tbl, pk, convert_to(
    to_at || to_char(clock_timestamp() AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.US"Z"') || to_no || no || to_refs
    || CASE WHEN refs = '{}' THEN '' ELSE '"' || array_to_string(refs, '","') || '"' END || tail, 'UTF8'));
  IF paths <> '{}' THEN
    INSERT INTO public.ledger_opening (record_id, path, key_id, nonce, ciphertext)
      SELECT rid, * FROM unnest(paths, owners, nonces, sealed);
  END IF;
  RETURN true;
END $$;
REVOKE ALL ON FUNCTION ledger_write FROM PUBLIC;
GRANT EXECUTE ON FUNCTION ledger_write TO ledger_writer;

-- Openings and pending rows are written by these functions alone, about a record of the same call and keys that were just
-- looked up, and neither records nor keys ever disappear: to look for them again would only lock and write their rows.
REVOKE INSERT ON ledger_opening FROM ledger_writer;
ALTER TABLE ledger_opening DROP CONSTRAINT ledger_opening_record_id_fkey, DROP CONSTRAINT ledger_opening_key_id_fkey;
ALTER TABLE ledger_pending DROP CONSTRAINT ledger_pending_record_id_fkey;
