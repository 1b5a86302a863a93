-- What an append asks and says, each in one call whose plans PostgreSQL keeps. Runs as ledger_owner; see 0003_calls.py.

-- One row, or one for each key that exists. The number's row stays locked to the end of the transaction, so the clock is
-- read after it, because waiting for it may take long; each statement sees what was committed meanwhile.
CREATE FUNCTION ledger_context(tbl text, pk text, series text, keys uuid[])
RETURNS TABLE (at timestamptz, previous text, no text, key_id uuid, wrapped_dek bytea, kek_id text) LANGUAGE plpgsql AS $$
DECLARE y int;
BEGIN
  IF series IS NOT NULL THEN
    y := extract(year FROM clock_timestamp() AT TIME ZONE 'Asia/Seoul');
    no := series || '/' || y || '/' || public.ledger_next_number(series, y);
  END IF;
  SELECT r.leaf_id INTO previous FROM public.ledger_record r
    WHERE r.subject_table = tbl AND r.subject_pk = pk ORDER BY r.id DESC LIMIT 1;
  at := clock_timestamp();
  RETURN QUERY SELECT at, previous, no, k.id, k.wrapped_dek, k.kek_id
    FROM (VALUES (1)) AS one LEFT JOIN public.ledger_subject_key k ON k.id = ANY (keys);
END $$;

-- The leaf with the sealed values behind its commitments.
CREATE FUNCTION ledger_append_sealed(tbl text, pk text, leaf bytea, paths text[], keys uuid[], nonces bytea[], sealed bytea[])
RETURNS void LANGUAGE plpgsql AS $$
DECLARE name uuid := public.ledger_append(tbl, pk, leaf);
BEGIN
  INSERT INTO public.ledger_opening (record_id, path, key_id, nonce, ciphertext)
    SELECT r.id, o.* FROM public.ledger_record r, unnest(paths, keys, nonces, sealed) AS o WHERE r.leaf_id = name;
END $$;
