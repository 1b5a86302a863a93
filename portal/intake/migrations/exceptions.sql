-- Late codes, places beyond the quota, challenges under way, and who hears appeals. Replaces three functions of guards.sql.

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
  -- A late code is spent on exactly one revision, in the same transaction.
  IF EXISTS (SELECT 1 FROM intake_latecode l
             WHERE l.application_id = NEW.application_id AND l.used_at = NEW.received_at AND l.confirmed_at IS NOT NULL) THEN
    RETURN NEW;
  END IF;
  RAISE EXCEPTION 'intake: submission outside the time of entry' USING ERRCODE = 'check_violation';
END $$;

CREATE FUNCTION intake_late_code_kept() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  IF TG_OP = 'UPDATE'
     AND (OLD.call_id, OLD.organisation_id, OLD.sha256, OLD.reason, OLD.evidence, OLD.expires_at, OLD.issued_by_id, OLD.issued_at)
         IS NOT DISTINCT FROM
         (NEW.call_id, NEW.organisation_id, NEW.sha256, NEW.reason, NEW.evidence, NEW.expires_at, NEW.issued_by_id, NEW.issued_at)
     AND (OLD.confirmed_at IS NULL OR (OLD.confirmed_by_id, OLD.confirmed_at) IS NOT DISTINCT FROM (NEW.confirmed_by_id, NEW.confirmed_at))
     AND OLD.used_at IS NULL THEN
    IF NEW.application_id IS NOT NULL AND NOT EXISTS (
         SELECT 1 FROM intake_application a WHERE a.id = NEW.application_id
         AND a.call_id = NEW.call_id AND a.organisation_id = NEW.organisation_id) THEN
      RAISE EXCEPTION 'intake: a late code of another call or company' USING ERRCODE = 'check_violation';
    END IF;
    RETURN NEW;
  END IF;
  RAISE EXCEPTION 'intake: % on a late code never changes', TG_OP USING ERRCODE = 'integrity_constraint_violation';
END $$;
CREATE TRIGGER kept BEFORE UPDATE OR DELETE ON intake_latecode FOR EACH ROW EXECUTE FUNCTION intake_late_code_kept();

CREATE OR REPLACE FUNCTION intake_quota() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE places integer;
BEGIN
  IF NEW.beyond_quota THEN
    IF EXISTS (SELECT 1 FROM intake_appeal WHERE application_id = NEW.id AND status IN ('UPHELD', 'PARTLY')) THEN
      RETURN NEW;
    END IF;
    RAISE EXCEPTION 'intake: a place beyond the quota without an upheld appeal' USING ERRCODE = 'check_violation';
  END IF;
  SELECT quota INTO places FROM intake_track WHERE id = NEW.quota_track_id FOR NO KEY UPDATE;
  IF (SELECT count(*) FROM intake_application
      WHERE quota_track_id = NEW.quota_track_id AND status IN ('SELECTED', 'FULFILLED') AND NOT beyond_quota AND id <> NEW.id) >= places THEN
    RAISE EXCEPTION 'intake: no place left in the track' USING ERRCODE = 'check_violation';
  END IF;
  RETURN NEW;
END $$;
DROP TRIGGER quota ON intake_application;
CREATE TRIGGER quota BEFORE UPDATE ON intake_application FOR EACH ROW
  WHEN (NEW.status IN ('SELECTED', 'FULFILLED')
        AND (OLD.status, OLD.quota_track_id, OLD.beyond_quota) IS DISTINCT FROM (NEW.status, NEW.quota_track_id, NEW.beyond_quota)
        AND NOT (OLD.status = 'SELECTED' AND OLD.quota_track_id = NEW.quota_track_id AND OLD.beyond_quota = NEW.beyond_quota))
  EXECUTE FUNCTION intake_quota();

-- While a challenge is open its evaluator does not work on the file: no assignment, no resumption.
CREATE OR REPLACE FUNCTION intake_assignment_bar() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  IF NEW.status IN ('PROPOSED', 'CLEARED') AND intake_barred(NEW.member_id, NEW.application_id) THEN
    RAISE EXCEPTION 'intake: assignment against a bar' USING ERRCODE = 'check_violation';
  END IF;
  IF NEW.status IN ('PROPOSED', 'CLEARED') AND EXISTS (
       SELECT 1 FROM intake_challenge x JOIN intake_member m ON m.evaluator_id = x.evaluator_id
       WHERE m.id = NEW.member_id AND x.application_id = NEW.application_id AND x.status = 'FILED') THEN
    RAISE EXCEPTION 'intake: assignment against an open challenge' USING ERRCODE = 'check_violation';
  END IF;
  RETURN NEW;
END $$;

CREATE FUNCTION intake_challenge_locks() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  PERFORM 1 FROM intake_member m JOIN intake_panel p ON p.id = m.panel_id JOIN intake_stage s ON s.id = p.stage_id
    JOIN intake_application a ON a.call_id = s.call_id
    WHERE m.evaluator_id = NEW.evaluator_id AND a.id = NEW.application_id ORDER BY m.id FOR NO KEY UPDATE OF m;
  RETURN NEW;
END $$;
CREATE TRIGGER locks BEFORE INSERT ON intake_challenge FOR EACH ROW EXECUTE FUNCTION intake_challenge_locks();

-- Whoever had a part in the call does not hear its appeals, and nobody acts on the own company.
CREATE FUNCTION intake_appeal_apart() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  IF EXISTS (SELECT 1 FROM intake_application a JOIN intake_call c ON c.id = a.call_id WHERE a.id = NEW.application_id
             AND (NEW.decided_by_id IN (c.created_by_id, c.published_by_id)
               OR EXISTS (SELECT 1 FROM intake_decision d WHERE d.call_id = c.id AND d.kind <> 'CORRECTION'
                          AND NEW.decided_by_id IN (d.prepared_by_id, d.decided_by_id))
               OR EXISTS (SELECT 1 FROM intake_member m JOIN intake_panel p ON p.id = m.panel_id
                          JOIN intake_stage s ON s.id = p.stage_id JOIN intake_evaluator e ON e.id = m.evaluator_id
                          WHERE s.call_id = c.id AND e.user_id = NEW.decided_by_id)
               OR EXISTS (SELECT 1 FROM accounts_membership b WHERE b.organisation_id = a.organisation_id
                          AND b.user_id = NEW.decided_by_id AND b.ended_at IS NULL))) THEN
    RAISE EXCEPTION 'intake: an appeal decided by someone with a part in the call' USING ERRCODE = 'check_violation';
  END IF;
  RETURN NEW;
END $$;
CREATE TRIGGER apart BEFORE INSERT OR UPDATE OF decided_by_id ON intake_appeal FOR EACH ROW
  WHEN (NEW.decided_by_id IS NOT NULL) EXECUTE FUNCTION intake_appeal_apart();

-- A sheet given back counts as a new attempt; nothing else of it changes while it is closed.
DROP TRIGGER frozen ON intake_scoresheet;
CREATE TRIGGER frozen BEFORE UPDATE ON intake_scoresheet FOR EACH ROW
  WHEN (OLD.status <> 'OPEN' AND ((OLD.assignment_id, OLD.comment) IS DISTINCT FROM (NEW.assignment_id, NEW.comment)
        OR (OLD.attempt <> NEW.attempt AND NOT (NEW.status = 'OPEN' AND NEW.attempt = OLD.attempt + 1))))
  EXECUTE FUNCTION intake_forbid();
