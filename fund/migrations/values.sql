-- A value above the policy's amount is approved by a motion; what was published is not edited, only superseded.
CREATE FUNCTION fund_valuation_follows() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
  limit_of bigint;
  worth bigint;
BEGIN
  IF TG_OP = 'DELETE' THEN
    RAISE EXCEPTION 'a valuation stays' USING ERRCODE = 'restrict_violation';
  END IF;
  IF OLD.status IN ('APPROVED', 'PUBLISHED', 'SUPERSEDED')
     AND to_jsonb(NEW) - '{status,known,event}'::text[] IS DISTINCT FROM to_jsonb(OLD) - '{status,known,event}'::text[] THEN
    RAISE EXCEPTION 'valuation % stays as it was approved', NEW.id USING ERRCODE = 'restrict_violation';
  END IF;
  IF OLD.status IN ('PUBLISHED', 'SUPERSEDED') AND (NEW.event IS DISTINCT FROM OLD.event
     OR lower(NEW.known) IS DISTINCT FROM lower(OLD.known) OR upper(OLD.known) IS NOT NULL) THEN
    RAISE EXCEPTION 'what was known of valuation % stays', NEW.id USING ERRCODE = 'restrict_violation';
  END IF;
  IF NEW.status = 'APPROVED' THEN
    -- The policy is in won; another currency counts at the rate of the sub-fund's last close.
    SELECT p.motion_above, fund_in_won(NEW.amount, s.currency,
             (SELECT k.rate FROM fund_close k WHERE k.sub_fund_id = s.id ORDER BY k.number DESC LIMIT 1))
      INTO limit_of, worth FROM fund_holding h JOIN fund_subfund s ON s.id = h.sub_fund_id
      JOIN fund_programme p ON p.id = s.programme_id WHERE h.id = NEW.holding_id;
    IF worth > limit_of AND NOT EXISTS (SELECT FROM fund_motion WHERE id = NEW.motion_id AND status = 'CARRIED') THEN
      RAISE EXCEPTION 'valuation % above % has no carried motion', NEW.id, limit_of
        USING ERRCODE = 'check_violation', CONSTRAINT = 'valuation_follows_its_motion';
    END IF;
  END IF;
  RETURN NEW;
END $$;
CREATE TRIGGER valuation_follows BEFORE UPDATE OR DELETE ON fund_valuation
  FOR EACH ROW EXECUTE FUNCTION fund_valuation_follows();

CREATE FUNCTION fund_measure_stays() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  IF TG_OP = 'DELETE' OR OLD.status <> 'PROPOSED'
     OR to_jsonb(NEW) - '{status,approved_by_id,event}'::text[]
        IS DISTINCT FROM to_jsonb(OLD) - '{status,approved_by_id,event}'::text[] THEN
    RAISE EXCEPTION 'a write-down or exit stays as it was proposed' USING ERRCODE = 'restrict_violation';
  END IF;
  RETURN NEW;
END $$;
CREATE TRIGGER measure_stays BEFORE UPDATE OR DELETE ON fund_measure FOR EACH ROW EXECUTE FUNCTION fund_measure_stays();
