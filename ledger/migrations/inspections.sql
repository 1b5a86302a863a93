-- What the nightly inspections found, and the last numbers of a year. Runs as ledger_owner; see 0005_inspections.py.

CREATE TABLE ledger_inspection (
  id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY, at timestamptz NOT NULL DEFAULT clock_timestamp(), size bigint NOT NULL,
  problems int NOT NULL CHECK (problems >= 0), first text NOT NULL, CHECK ((problems = 0) = (first = '')));
CREATE TRIGGER forbid_row BEFORE UPDATE OR DELETE ON ledger_inspection FOR EACH ROW EXECUTE FUNCTION ledger_forbid();
CREATE TRIGGER forbid_all BEFORE TRUNCATE ON ledger_inspection FOR EACH STATEMENT EXECUTE FUNCTION ledger_forbid();
ALTER TABLE ledger_inspection ENABLE ALWAYS TRIGGER forbid_row, ENABLE ALWAYS TRIGGER forbid_all;
GRANT SELECT ON ledger_inspection TO ledger_writer, ledger_sequencer;
GRANT INSERT ON ledger_inspection TO ledger_sequencer;

-- Waits for transactions that hold a number of that year.
CREATE FUNCTION ledger_last_numbers(y int) RETURNS TABLE (series text, last bigint) LANGUAGE sql SECURITY DEFINER SET search_path = '' AS $$
  SELECT s.series, s.last FROM public.ledger_series s WHERE s.year = y ORDER BY s.series FOR SHARE $$;
REVOKE ALL ON FUNCTION ledger_last_numbers FROM PUBLIC;
GRANT EXECUTE ON FUNCTION ledger_last_numbers TO ledger_writer, ledger_sequencer;
