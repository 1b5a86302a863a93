-- Frozen figures: what no service, no form and no hurried colleague can do to them.

CREATE FUNCTION fund_snapshot_stays() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  IF TG_OP = 'INSERT' THEN
    IF NEW.digest <> encode(sha256(convert_to(NEW.body, 'UTF8')), 'hex') THEN
      RAISE EXCEPTION 'the digest of snapshot % is not that of its figures', NEW.number USING ERRCODE = 'check_violation';
    END IF;
    RETURN NEW;
  END IF;
  IF TG_OP = 'DELETE' OR OLD.status = 'RESTATED'
     OR to_jsonb(NEW) - '{status,published_by_id,published_at}'::text[]
        IS DISTINCT FROM to_jsonb(OLD) - '{status,published_by_id,published_at}'::text[]
     OR (OLD.published_at IS NOT NULL AND (NEW.published_by_id, NEW.published_at)
         IS DISTINCT FROM (OLD.published_by_id, OLD.published_at)) THEN
    RAISE EXCEPTION 'snapshot % stays as it was built', OLD.number USING ERRCODE = 'restrict_violation';
  END IF;
  RETURN NEW;
END $$;
CREATE TRIGGER snapshot_stays BEFORE INSERT OR UPDATE OR DELETE ON fund_snapshot
  FOR EACH ROW EXECUTE FUNCTION fund_snapshot_stays();
CREATE TRIGGER performance_run_stays BEFORE UPDATE OR DELETE ON fund_performancerun
  FOR EACH ROW EXECUTE FUNCTION fund_forbid();

-- Figures by sector are rebuilt from the companies: once one is held, its sector and kind stay.
CREATE FUNCTION fund_company_stays() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  IF (NEW.sector, NEW.kind, NEW.programme_id) IS DISTINCT FROM (OLD.sector, OLD.kind, OLD.programme_id)
     AND EXISTS (SELECT FROM fund_holding WHERE company_id = OLD.id) THEN
    RAISE EXCEPTION 'company % is held: its sector and kind stay', OLD.id USING ERRCODE = 'restrict_violation';
  END IF;
  RETURN NEW;
END $$;
CREATE TRIGGER company_stays BEFORE UPDATE ON fund_company FOR EACH ROW EXECUTE FUNCTION fund_company_stays();

-- A company report is never edited; it only stops being what is known.
CREATE FUNCTION fund_company_report_stays() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  IF TG_OP = 'DELETE' OR to_jsonb(NEW) - 'known' IS DISTINCT FROM to_jsonb(OLD) - 'known'
     OR lower(NEW.known) IS DISTINCT FROM lower(OLD.known) OR upper(OLD.known) IS NOT NULL THEN
    RAISE EXCEPTION 'a company report is never edited' USING ERRCODE = 'restrict_violation';
  END IF;
  RETURN NEW;
END $$;
CREATE TRIGGER company_report_stays BEFORE UPDATE OR DELETE ON fund_companyreport
  FOR EACH ROW EXECUTE FUNCTION fund_company_report_stays();
