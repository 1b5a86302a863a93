-- Duties (투자의무): what no service, no form and no hurried colleague can do to them.

-- The day on which a clock is over: the deadline, or the end of a granted waiver that runs past it.
CREATE FUNCTION fund_duty_end(duty bigint) RETURNS date LANGUAGE sql STABLE AS $$
  SELECT greatest(d.deadline_date, (SELECT max(upper(w.period)) FROM fund_dutywaiver w
                                     WHERE w.duty_id = d.id AND w.status = 'GRANTED'))
    FROM fund_duty d WHERE d.id = duty
$$;

-- A test is spelled as it was counted, owes what the rule says, and a final one comes when the clock is over.
CREATE FUNCTION fund_duty_test_comes() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
  duty fund_duty;
BEGIN
  SELECT * INTO duty FROM fund_duty WHERE id = NEW.duty_id FOR SHARE;
  IF NEW.digest <> encode(sha256(convert_to(NEW.body, 'UTF8')), 'hex') THEN
    RAISE EXCEPTION 'the digest of the test of duty % is not that of its rows', NEW.duty_id
      USING ERRCODE = 'check_violation', CONSTRAINT = 'duty_test_is_as_counted';
  END IF;
  IF NEW.required <> ceil(NEW.base::numeric * duty.bp / 10000) THEN
    RAISE EXCEPTION 'duty % asks for another amount', NEW.duty_id
      USING ERRCODE = 'check_violation', CONSTRAINT = 'duty_test_asks_what_the_rule_says';
  END IF;
  IF duty.status <> 'OPEN' THEN
    RAISE EXCEPTION 'duty % is settled', NEW.duty_id USING ERRCODE = 'restrict_violation';
  END IF;
  IF NEW.kind = 'FINAL' AND (NEW.on_date <> fund_duty_end(duty.id) - 1
     OR (NEW.known_at AT TIME ZONE 'Asia/Seoul')::date < fund_duty_end(duty.id)) THEN
    RAISE EXCEPTION 'the clock of duty % is not over', NEW.duty_id
      USING ERRCODE = 'check_violation', CONSTRAINT = 'duty_final_test_waits_for_the_clock';
  END IF;
  RETURN NEW;
END $$;
CREATE TRIGGER duty_test_comes BEFORE INSERT ON fund_dutytest FOR EACH ROW EXECUTE FUNCTION fund_duty_test_comes();
CREATE TRIGGER duty_test_stays BEFORE UPDATE OR DELETE ON fund_dutytest
  FOR EACH ROW EXECUTE FUNCTION fund_forbid();

-- A duty is never edited; it is met or breached as its final test says, and a waiver is the last word.
CREATE FUNCTION fund_duty_stays() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  IF TG_OP = 'DELETE' OR OLD.status IN ('MET', 'WAIVED')
     OR to_jsonb(NEW) - '{status,ended_at}'::text[] IS DISTINCT FROM to_jsonb(OLD) - '{status,ended_at}'::text[] THEN
    RAISE EXCEPTION 'duty % stays as it was set', OLD.id USING ERRCODE = 'restrict_violation';
  END IF;
  IF NEW.status IN ('MET', 'BREACHED') AND NOT EXISTS (
    SELECT FROM fund_dutytest WHERE duty_id = NEW.id AND kind = 'FINAL' AND standing = lower(NEW.status)) THEN
    RAISE EXCEPTION 'no final test says that duty % is %', NEW.id, NEW.status
      USING ERRCODE = 'check_violation', CONSTRAINT = 'duty_ends_by_its_test';
  END IF;
  RETURN NEW;
END $$;
CREATE TRIGGER duty_stays BEFORE UPDATE OR DELETE ON fund_duty FOR EACH ROW EXECUTE FUNCTION fund_duty_stays();

CREATE FUNCTION fund_duty_comes() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  IF NEW.status <> 'OPEN' THEN
    RAISE EXCEPTION 'a duty begins open' USING ERRCODE = 'check_violation', CONSTRAINT = 'duty_begins_open';
  END IF;
  RETURN NEW;
END $$;
CREATE TRIGGER duty_comes BEFORE INSERT ON fund_duty FOR EACH ROW EXECUTE FUNCTION fund_duty_comes();

-- A waiver for a time is asked of an open duty by a motion about its sub-fund, and follows the motion's votes; no edit.
CREATE FUNCTION fund_duty_waiver_follows() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
  voted text;
BEGIN
  IF TG_OP = 'DELETE' OR (TG_OP = 'UPDATE' AND (OLD.status <> 'PROPOSED'
     OR to_jsonb(NEW) - '{status,granted_at}'::text[] IS DISTINCT FROM to_jsonb(OLD) - '{status,granted_at}'::text[])) THEN
    RAISE EXCEPTION 'waiver % stays as it was decided', OLD.id USING ERRCODE = 'restrict_violation';
  END IF;
  IF NEW.status <> 'REFUSED' AND (SELECT status FROM fund_duty WHERE id = NEW.duty_id FOR SHARE) <> 'OPEN' THEN
    RAISE EXCEPTION 'duty % is settled', NEW.duty_id
      USING ERRCODE = 'check_violation', CONSTRAINT = 'waiver_of_an_open_duty';
  END IF;
  SELECT m.status INTO voted FROM fund_motion m JOIN fund_duty d ON d.sub_fund_id = m.sub_fund_id
   WHERE m.id = NEW.motion_id AND m.kind = 'WAIVER' AND d.id = NEW.duty_id;
  IF NOT FOUND OR (TG_OP = 'INSERT' AND NEW.status <> 'PROPOSED')
     OR (NEW.status = 'GRANTED' AND voted <> 'CARRIED') OR (NEW.status = 'REFUSED' AND voted <> 'REJECTED') THEN
    RAISE EXCEPTION 'waiver of duty % is not what its motion says', NEW.duty_id
      USING ERRCODE = 'check_violation', CONSTRAINT = 'waiver_follows_its_motion';
  END IF;
  RETURN NEW;
END $$;
CREATE TRIGGER duty_waiver_follows BEFORE INSERT OR UPDATE OR DELETE ON fund_dutywaiver
  FOR EACH ROW EXECUTE FUNCTION fund_duty_waiver_follows();

-- A plan of calls is never edited; another row replaces it.
CREATE TRIGGER call_plan_stays BEFORE UPDATE OR DELETE ON fund_callplan
  FOR EACH ROW EXECUTE FUNCTION fund_forbid();
