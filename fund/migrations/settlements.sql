-- Fees, first loss, excess transfer, clawback: what no service, no form and no hurried colleague can do to them.

-- What was proposed is what is approved, and what was booked stays.
CREATE FUNCTION fund_settlement_stays() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  IF TG_OP = 'DELETE' OR OLD.status IN ('REFUSED', 'REVERSED')
     OR to_jsonb(NEW) - '{status,approved_by_id,event,paid_date}'::text[]
        IS DISTINCT FROM to_jsonb(OLD) - '{status,approved_by_id,event,paid_date}'::text[]
     OR (OLD.status <> 'PROPOSED' AND (NEW.approved_by_id, NEW.event) IS DISTINCT FROM (OLD.approved_by_id, OLD.event)) THEN
    RAISE EXCEPTION 'settlement % stays as it was proposed', OLD.id USING ERRCODE = 'restrict_violation';
  END IF;
  RETURN NEW;
END $$;
CREATE TRIGGER settlement_stays BEFORE UPDATE OR DELETE ON fund_settlement
  FOR EACH ROW EXECUTE FUNCTION fund_settlement_stays();

-- 0 ≤ clawback ≤ carry paid: the manager never gives back more than it got.
CREATE FUNCTION fund_carry_is_held() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  IF (SELECT sum(amount) FROM fund_posting WHERE book_id = NEW.book_id AND account = 3500) < 0 THEN
    RAISE EXCEPTION 'book % gives back more carry than was paid', NEW.book_id
      USING ERRCODE = 'check_violation', CONSTRAINT = 'clawback_within_carry';
  END IF;
  RETURN NULL;
END $$;
CREATE CONSTRAINT TRIGGER carry_is_held AFTER INSERT ON fund_posting DEFERRABLE INITIALLY DEFERRED
  FOR EACH ROW WHEN (NEW.account = 3500) EXECUTE FUNCTION fund_carry_is_held();

-- What passes between partners names them, and within an entry only partners gain what partners bear.
CREATE FUNCTION fund_result_is_shared() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  IF NEW.partner_id IS NULL OR (SELECT sum(amount) FROM fund_posting WHERE entry_id = NEW.entry_id AND account = 3300) <> 0
  THEN
    RAISE EXCEPTION 'posting % takes from no partner what it gives to one', NEW.id
      USING ERRCODE = 'check_violation', CONSTRAINT = 'result_passes_between_partners';
  END IF;
  RETURN NULL;
END $$;
CREATE CONSTRAINT TRIGGER result_is_shared AFTER INSERT ON fund_posting DEFERRABLE INITIALLY DEFERRED
  FOR EACH ROW WHEN (NEW.account = 3300) EXECUTE FUNCTION fund_result_is_shared();
