-- The way back from exceptions.sql: the functions as guards.sql has them.

CREATE OR REPLACE FUNCTION intake_revision_in_time() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE c record;
BEGIN
  SELECT k.status, k.opens_at, k.closes_at, k.closed_at INTO c
    FROM intake_call k JOIN intake_application a ON a.call_id = k.id WHERE a.id = NEW.application_id FOR SHARE OF k;
  IF c.status = 'PUBLISHED' AND c.closed_at IS NULL AND NEW.received_at >= c.opens_at AND NEW.received_at < c.closes_at THEN
    RETURN NEW;
  END IF;
  IF EXISTS (SELECT 1 FROM intake_supplementrequest s
             WHERE s.application_id = NEW.application_id AND s.status = 'ASKED' AND NEW.received_at < s.due_at) THEN
    RETURN NEW;
  END IF;
  RAISE EXCEPTION 'intake: submission outside the time of entry' USING ERRCODE = 'check_violation';
END $$;

CREATE OR REPLACE FUNCTION intake_quota() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE places integer;
BEGIN
  SELECT quota INTO places FROM intake_track WHERE id = NEW.quota_track_id FOR NO KEY UPDATE;
  IF (SELECT count(*) FROM intake_application
      WHERE quota_track_id = NEW.quota_track_id AND status IN ('SELECTED', 'FULFILLED') AND id <> NEW.id) >= places THEN
    RAISE EXCEPTION 'intake: no place left in the track' USING ERRCODE = 'check_violation';
  END IF;
  RETURN NEW;
END $$;
DROP TRIGGER quota ON intake_application;
CREATE TRIGGER quota BEFORE UPDATE ON intake_application FOR EACH ROW
  WHEN (NEW.status IN ('SELECTED', 'FULFILLED')
        AND (OLD.status, OLD.quota_track_id) IS DISTINCT FROM (NEW.status, NEW.quota_track_id)
        AND NOT (OLD.status = 'SELECTED' AND OLD.quota_track_id = NEW.quota_track_id))
  EXECUTE FUNCTION intake_quota();

CREATE OR REPLACE FUNCTION intake_assignment_bar() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  IF NEW.status IN ('PROPOSED', 'CLEARED') AND intake_barred(NEW.member_id, NEW.application_id) THEN
    RAISE EXCEPTION 'intake: assignment against a bar' USING ERRCODE = 'check_violation';
  END IF;
  RETURN NEW;
END $$;

DROP FUNCTION intake_late_code_kept() CASCADE;
DROP FUNCTION intake_challenge_locks() CASCADE;
DROP FUNCTION intake_appeal_apart() CASCADE;

DROP TRIGGER frozen ON intake_scoresheet;
CREATE TRIGGER frozen BEFORE UPDATE ON intake_scoresheet FOR EACH ROW
  WHEN (OLD.status <> 'OPEN' AND (OLD.assignment_id, OLD.attempt, OLD.comment)
        IS DISTINCT FROM (NEW.assignment_id, NEW.attempt, NEW.comment))
  EXECUTE FUNCTION intake_forbid();
