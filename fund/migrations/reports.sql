-- What managers report: terms are never edited, they only end.
CREATE FUNCTION fund_report_terms_stay() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  IF TG_OP = 'DELETE' OR to_jsonb(NEW) - 'valid' IS DISTINCT FROM to_jsonb(OLD) - 'valid'
     OR lower(NEW.valid) IS DISTINCT FROM lower(OLD.valid) OR upper(OLD.valid) IS NOT NULL THEN
    RAISE EXCEPTION 'terms of reporting are never edited' USING ERRCODE = 'restrict_violation';
  END IF;
  RETURN NEW;
END $$;
CREATE TRIGGER report_terms_stay BEFORE UPDATE OR DELETE ON fund_reportterms
  FOR EACH ROW EXECUTE FUNCTION fund_report_terms_stay();

-- A report is on a quarter, and a correction names an applied report on the same one.
CREATE FUNCTION fund_upload_comes() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  IF NEW.end_date <> (date_trunc('quarter', NEW.end_date::timestamp) + interval '3 months - 1 day')::date THEN
    RAISE EXCEPTION '% ends no quarter', NEW.end_date USING ERRCODE = 'check_violation', CONSTRAINT = 'upload_is_on_a_quarter';
  END IF;
  IF NEW.corrects_id IS NOT NULL AND NOT EXISTS (
    SELECT FROM fund_upload WHERE id = NEW.corrects_id AND status = 'APPLIED' AND sub_fund_id = NEW.sub_fund_id
       AND end_date = NEW.end_date) THEN
    RAISE EXCEPTION 'upload % corrects no applied report on its quarter', NEW.id
      USING ERRCODE = 'check_violation', CONSTRAINT = 'upload_corrects_an_applied_one';
  END IF;
  RETURN NEW;
END $$;
CREATE TRIGGER upload_comes BEFORE INSERT ON fund_upload FOR EACH ROW EXECUTE FUNCTION fund_upload_comes();

-- The file stays as it came; what was applied or refused stays as it was read.
CREATE FUNCTION fund_upload_stays() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
  open_to text[] := '{status,result,digest,checked_at,ended_by_id,ended_at,scan}';
BEGIN
  IF TG_OP = 'DELETE' THEN
    RAISE EXCEPTION 'a report that was handed in stays' USING ERRCODE = 'restrict_violation';
  END IF;
  IF OLD.status IN ('APPLIED', 'REFUSED') THEN
    open_to := '{scan}';
  ELSIF NEW.status = 'APPLIED' THEN
    open_to := '{status,ended_by_id,ended_at}';
  END IF;
  IF to_jsonb(NEW) - open_to IS DISTINCT FROM to_jsonb(OLD) - open_to THEN
    RAISE EXCEPTION 'report % stays as it was handed in and read', OLD.id USING ERRCODE = 'restrict_violation';
  END IF;
  RETURN NEW;
END $$;
CREATE TRIGGER upload_stays BEFORE UPDATE OR DELETE ON fund_upload FOR EACH ROW EXECUTE FUNCTION fund_upload_stays();

-- Both sides of a difference stay as they were found; what is resolved stays resolved.
CREATE FUNCTION fund_break_stays() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  IF TG_OP = 'DELETE' OR OLD.status = 'RESOLVED'
     OR to_jsonb(NEW) - '{status,reason,judged_by_id,judged_at}'::text[]
        IS DISTINCT FROM to_jsonb(OLD) - '{status,reason,judged_by_id,judged_at}'::text[] THEN
    RAISE EXCEPTION 'both sides of break % stay as they were found', OLD.id USING ERRCODE = 'restrict_violation';
  END IF;
  RETURN NEW;
END $$;
CREATE TRIGGER break_stays BEFORE UPDATE OR DELETE ON fund_break FOR EACH ROW EXECUTE FUNCTION fund_break_stays();
