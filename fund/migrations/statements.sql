-- Capital account statements: what no service, no form and no hurried colleague can do to them.

-- Made of published figures of that quarter by another person than who built them; from then on it stays.
CREATE FUNCTION fund_statement_stays() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  IF TG_OP <> 'INSERT' THEN
    IF TG_OP = 'DELETE' OR OLD.status <> 'ISSUED'
       OR to_jsonb(NEW) - 'status' IS DISTINCT FROM to_jsonb(OLD) - 'status' THEN
      RAISE EXCEPTION 'statement % stays as it was issued', OLD.number USING ERRCODE = 'restrict_violation';
    END IF;
    RETURN NEW;
  END IF;
  IF NEW.status <> 'ISSUED' OR NEW.digest <> encode(sha256(convert_to(NEW.body, 'UTF8')), 'hex') THEN
    RAISE EXCEPTION 'the digest of statement % is not that of its figures', NEW.number USING ERRCODE = 'check_violation';
  END IF;
  IF NOT EXISTS (
    SELECT FROM fund_snapshot s JOIN fund_subfund f ON f.programme_id = s.programme_id
      JOIN fund_commitment c ON c.sub_fund_id = f.id
    WHERE s.id = NEW.snapshot_id AND f.id = NEW.sub_fund_id AND c.id = NEW.commitment_id
      AND s.kind = 'QUARTER' AND s.status = 'PUBLISHED' AND s.as_of_date = NEW.end_date
      AND s.built_by_id <> NEW.issued_by_id
  ) THEN
    RAISE EXCEPTION 'statement % is not of published figures of its quarter, or of its maker', NEW.number
      USING ERRCODE = 'check_violation', CONSTRAINT = 'statement_of_published_figures';
  END IF;
  IF NEW.replaces_id IS NOT NULL AND NOT EXISTS (
    SELECT FROM fund_capitalstatement r WHERE r.id = NEW.replaces_id AND r.commitment_id = NEW.commitment_id
      AND r.end_date = NEW.end_date AND r.version = NEW.version - 1
  ) THEN
    RAISE EXCEPTION 'statement % does not replace the version before it', NEW.number
      USING ERRCODE = 'check_violation', CONSTRAINT = 'statement_follows_its_version';
  END IF;
  RETURN NEW;
END $$;
CREATE TRIGGER statement_stays BEFORE INSERT OR UPDATE OR DELETE ON fund_capitalstatement
  FOR EACH ROW EXECUTE FUNCTION fund_statement_stays();
