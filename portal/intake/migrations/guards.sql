-- What no path may do, be it a service, a bulk update or psql. Messages are for engineers; services refuse first, politely.

CREATE FUNCTION intake_forbid() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  RAISE EXCEPTION 'intake: % on % never changes', TG_OP, TG_TABLE_NAME USING ERRCODE = 'integrity_constraint_violation';
END $$;

CREATE TRIGGER frozen BEFORE UPDATE OR DELETE ON intake_callversion FOR EACH ROW
  WHEN (OLD.published_at IS NOT NULL) EXECUTE FUNCTION intake_forbid();
CREATE TRIGGER frozen BEFORE UPDATE OR DELETE ON intake_eligibilityfinding FOR EACH ROW EXECUTE FUNCTION intake_forbid();
CREATE TRIGGER frozen BEFORE UPDATE OR DELETE ON intake_pledge FOR EACH ROW EXECUTE FUNCTION intake_forbid();
CREATE TRIGGER frozen BEFORE UPDATE OR DELETE ON intake_conflict FOR EACH ROW EXECUTE FUNCTION intake_forbid();
CREATE TRIGGER frozen BEFORE UPDATE OR DELETE ON intake_rankingrun FOR EACH ROW EXECUTE FUNCTION intake_forbid();
CREATE TRIGGER frozen BEFORE UPDATE OR DELETE ON intake_resultnotice FOR EACH ROW EXECUTE FUNCTION intake_forbid();
CREATE TRIGGER frozen BEFORE DELETE ON intake_attachment FOR EACH ROW EXECUTE FUNCTION intake_forbid();

-- Tracks, stages and criteria decide: they stand still once the call has left its draft.
CREATE FUNCTION intake_policy_frozen() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE r jsonb := to_jsonb(CASE WHEN TG_OP = 'INSERT' THEN NEW ELSE OLD END); owner bigint;
BEGIN
  IF TG_TABLE_NAME = 'intake_criterion' THEN
    SELECT call_id INTO owner FROM intake_stage WHERE id = (r ->> 'stage_id')::bigint;
  ELSE
    owner := (r ->> 'call_id')::bigint;
  END IF;
  IF EXISTS (SELECT 1 FROM intake_call WHERE id = owner AND status <> 'DRAFT') THEN
    RAISE EXCEPTION 'intake: % on %: the call is published', TG_OP, TG_TABLE_NAME USING ERRCODE = 'integrity_constraint_violation';
  END IF;
  IF TG_OP = 'DELETE' THEN RETURN OLD; END IF;
  RETURN NEW;
END $$;
CREATE TRIGGER policy_frozen BEFORE INSERT OR UPDATE OR DELETE ON intake_track FOR EACH ROW EXECUTE FUNCTION intake_policy_frozen();
CREATE TRIGGER policy_frozen BEFORE INSERT OR UPDATE OR DELETE ON intake_criterion FOR EACH ROW EXECUTE FUNCTION intake_policy_frozen();
CREATE TRIGGER policy_frozen BEFORE INSERT OR DELETE ON intake_stage FOR EACH ROW EXECUTE FUNCTION intake_policy_frozen();
CREATE TRIGGER policy_frozen_update BEFORE UPDATE ON intake_stage FOR EACH ROW
  WHEN ((OLD.call_id, OLD.code, OLD.number, OLD.name, OLD.share_bp, OLD.go_on, OLD.per_file, OLD.blind, OLD.hidden_blocks, OLD.rule)
        IS DISTINCT FROM
        (NEW.call_id, NEW.code, NEW.number, NEW.name, NEW.share_bp, NEW.go_on, NEW.per_file, NEW.blind, NEW.hidden_blocks, NEW.rule))
  EXECUTE FUNCTION intake_policy_frozen();

-- Nothing enters after the bell: the closing second decides, and the count once it is made. A supplement has its own clock.
CREATE FUNCTION intake_revision_in_time() RETURNS trigger LANGUAGE plpgsql AS $$
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
CREATE TRIGGER in_time BEFORE INSERT ON intake_revision FOR EACH ROW EXECUTE FUNCTION intake_revision_in_time();

-- What was sent has its receipt number when the transaction ends; within it the number comes last, so that senders of one
-- call wait for each other only from there.
CREATE FUNCTION intake_numbered() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  IF EXISTS (SELECT 1 FROM intake_application WHERE id = NEW.id AND status <> 'DRAFT' AND receipt_number IS NULL) THEN
    RAISE EXCEPTION 'intake: an application is sent without a receipt number' USING ERRCODE = 'check_violation';
  END IF;
  RETURN NULL;
END $$;
CREATE CONSTRAINT TRIGGER numbered AFTER INSERT OR UPDATE ON intake_application DEFERRABLE INITIALLY DEFERRED FOR EACH ROW
  WHEN (NEW.status <> 'DRAFT' AND NEW.receipt_number IS NULL) EXECUTE FUNCTION intake_numbered();

-- A company enters a call once, or once in each track where the call says so (policy "per_track"); no writer can say otherwise.
-- The track of what was sent is part of what was sent.
CREATE FUNCTION intake_entry_key() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  IF TG_OP = 'UPDATE' AND NEW.track_id IS DISTINCT FROM OLD.track_id AND OLD.status <> 'DRAFT' THEN
    RAISE EXCEPTION 'intake: the track of an application that was sent' USING ERRCODE = 'integrity_constraint_violation';
  END IF;
  NEW.entry_key := '';
  IF EXISTS (SELECT 1 FROM intake_call c JOIN intake_callversion v ON v.id = c.current_id
             WHERE c.id = NEW.call_id AND v.policy @> '{"per_track": true}') THEN
    NEW.entry_key := (SELECT code FROM intake_track WHERE id = NEW.track_id);
  END IF;
  RETURN NEW;
END $$;
CREATE TRIGGER entry_key BEFORE INSERT OR UPDATE OF track_id, entry_key, call_id ON intake_application FOR EACH ROW
  EXECUTE FUNCTION intake_entry_key();

CREATE FUNCTION intake_line_frozen() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  IF EXISTS (SELECT 1 FROM intake_decision d WHERE d.status <> 'DRAFT'
             AND d.id = CASE WHEN TG_OP = 'INSERT' THEN NEW.decision_id ELSE OLD.decision_id END) THEN
    RAISE EXCEPTION 'intake: % on a line of a decided decision', TG_OP USING ERRCODE = 'integrity_constraint_violation';
  END IF;
  IF TG_OP = 'DELETE' THEN RETURN OLD; END IF;
  RETURN NEW;
END $$;
CREATE TRIGGER frozen BEFORE INSERT OR UPDATE OR DELETE ON intake_decisionline FOR EACH ROW EXECUTE FUNCTION intake_line_frozen();

-- One bar for the whole call. The member's row is the lock: a conflict takes it exclusively, an assignment or sheet shares it,
-- so whichever commits second sees the first.
CREATE FUNCTION intake_barred(the_member bigint, the_application bigint) RETURNS boolean LANGUAGE plpgsql VOLATILE AS $$
BEGIN
  PERFORM 1 FROM intake_member WHERE id = the_member FOR SHARE;
  RETURN EXISTS (
    SELECT 1 FROM intake_conflict x
    JOIN intake_member m ON m.evaluator_id = x.evaluator_id
    JOIN intake_application a ON a.call_id = x.call_id
    WHERE m.id = the_member AND a.id = the_application
      AND (x.organisation_id = a.organisation_id OR x.scope = 'CALL'
           OR (x.scope = 'TRACK' AND EXISTS (
                 SELECT 1 FROM intake_application o
                 WHERE o.call_id = x.call_id AND o.organisation_id = x.organisation_id AND o.track_id = a.track_id))));
END $$;

-- While a challenge is open its evaluator does not work on the file: no assignment, no resumption.
CREATE FUNCTION intake_assignment_bar() RETURNS trigger LANGUAGE plpgsql AS $$
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
CREATE TRIGGER bar BEFORE INSERT OR UPDATE ON intake_assignment FOR EACH ROW EXECUTE FUNCTION intake_assignment_bar();

CREATE FUNCTION intake_sheet_bar() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE a record;
BEGIN
  SELECT member_id, application_id, status INTO a FROM intake_assignment WHERE id = NEW.assignment_id;
  IF a.status <> 'CLEARED' OR intake_barred(a.member_id, a.application_id) THEN
    RAISE EXCEPTION 'intake: sheet against a bar' USING ERRCODE = 'check_violation';
  END IF;
  RETURN NEW;
END $$;
CREATE TRIGGER bar_insert BEFORE INSERT ON intake_scoresheet FOR EACH ROW EXECUTE FUNCTION intake_sheet_bar();
CREATE TRIGGER bar_update BEFORE UPDATE ON intake_scoresheet FOR EACH ROW
  WHEN (NEW.status <> 'STRUCK' AND OLD.status IS DISTINCT FROM NEW.status) EXECUTE FUNCTION intake_sheet_bar();

CREATE FUNCTION intake_conflict_locks() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  PERFORM 1 FROM intake_member m JOIN intake_panel p ON p.id = m.panel_id JOIN intake_stage s ON s.id = p.stage_id
    WHERE m.evaluator_id = NEW.evaluator_id AND s.call_id = NEW.call_id ORDER BY m.id FOR NO KEY UPDATE OF m;
  RETURN NEW;
END $$;
CREATE TRIGGER locks BEFORE INSERT ON intake_conflict FOR EACH ROW EXECUTE FUNCTION intake_conflict_locks();

-- A sheet given back counts as a new attempt; nothing else of it changes while it is closed.
CREATE TRIGGER frozen BEFORE UPDATE ON intake_scoresheet FOR EACH ROW
  WHEN (OLD.status <> 'OPEN' AND ((OLD.assignment_id, OLD.comment) IS DISTINCT FROM (NEW.assignment_id, NEW.comment)
        OR (OLD.attempt <> NEW.attempt AND NOT (NEW.status = 'OPEN' AND NEW.attempt = OLD.attempt + 1))))
  EXECUTE FUNCTION intake_forbid();
CREATE TRIGGER kept BEFORE DELETE ON intake_scoresheet FOR EACH ROW WHEN (OLD.status <> 'OPEN') EXECUTE FUNCTION intake_forbid();

CREATE FUNCTION intake_item_guard() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  IF EXISTS (SELECT 1 FROM intake_scoresheet WHERE status <> 'OPEN'
             AND id = CASE WHEN TG_OP = 'INSERT' THEN NEW.sheet_id ELSE OLD.sheet_id END) THEN
    RAISE EXCEPTION 'intake: score on a sheet that is not open' USING ERRCODE = 'integrity_constraint_violation';
  END IF;
  IF TG_OP = 'DELETE' THEN RETURN OLD; END IF;
  IF NEW.score > (SELECT max_points FROM intake_criterion WHERE id = NEW.criterion_id) THEN
    RAISE EXCEPTION 'intake: score above the maximum' USING ERRCODE = 'check_violation';
  END IF;
  RETURN NEW;
END $$;
CREATE TRIGGER guard BEFORE INSERT OR UPDATE OR DELETE ON intake_scoreitem FOR EACH ROW EXECUTE FUNCTION intake_item_guard();

-- Places per track are scarce: the track's row is locked, then those who use its places are counted.
CREATE FUNCTION intake_quota() RETURNS trigger LANGUAGE plpgsql AS $$
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
CREATE TRIGGER quota BEFORE UPDATE ON intake_application FOR EACH ROW
  WHEN (NEW.status IN ('SELECTED', 'FULFILLED')
        AND (OLD.status, OLD.quota_track_id, OLD.beyond_quota) IS DISTINCT FROM (NEW.status, NEW.quota_track_id, NEW.beyond_quota)
        AND NOT (OLD.status = 'SELECTED' AND OLD.quota_track_id = NEW.quota_track_id AND OLD.beyond_quota = NEW.beyond_quota))
  EXECUTE FUNCTION intake_quota();

-- Nobody judges in a call that they run or decide.
CREATE FUNCTION intake_member_apart() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  IF EXISTS (SELECT 1 FROM intake_panel p JOIN intake_stage s ON s.id = p.stage_id JOIN intake_call c ON c.id = s.call_id
             JOIN intake_evaluator e ON e.id = NEW.evaluator_id
             WHERE p.id = NEW.panel_id AND (e.user_id IN (c.created_by_id, c.published_by_id, p.formed_by_id)
               OR EXISTS (SELECT 1 FROM intake_decision d WHERE d.call_id = c.id AND e.user_id IN (d.prepared_by_id, d.decided_by_id)))) THEN
    RAISE EXCEPTION 'intake: an evaluator who runs or decides the call' USING ERRCODE = 'check_violation';
  END IF;
  RETURN NEW;
END $$;
CREATE TRIGGER apart BEFORE INSERT ON intake_member FOR EACH ROW EXECUTE FUNCTION intake_member_apart();

CREATE FUNCTION intake_decision_apart() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  IF EXISTS (SELECT 1 FROM intake_member m JOIN intake_panel p ON p.id = m.panel_id JOIN intake_stage s ON s.id = p.stage_id
             JOIN intake_evaluator e ON e.id = m.evaluator_id
             WHERE s.call_id = NEW.call_id AND e.user_id IN (NEW.prepared_by_id, NEW.decided_by_id)) THEN
    RAISE EXCEPTION 'intake: an evaluator of the call prepares or decides' USING ERRCODE = 'check_violation';
  END IF;
  RETURN NEW;
END $$;
CREATE TRIGGER apart BEFORE INSERT OR UPDATE ON intake_decision FOR EACH ROW EXECUTE FUNCTION intake_decision_apart();

CREATE FUNCTION intake_appeal_in_time() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  IF EXISTS (SELECT 1 FROM intake_resultnotice WHERE id = NEW.notice_id AND NEW.filed_at >= appeal_until) THEN
    RAISE EXCEPTION 'intake: appeal after its last day' USING ERRCODE = 'check_violation';
  END IF;
  RETURN NEW;
END $$;
CREATE TRIGGER in_time BEFORE INSERT ON intake_appeal FOR EACH ROW EXECUTE FUNCTION intake_appeal_in_time();

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
CREATE TRIGGER frozen BEFORE UPDATE OR DELETE ON intake_access FOR EACH ROW EXECUTE FUNCTION intake_forbid();

-- What an evaluator declared stays as it was worded: it ends once, or is put right once with a reason, and never goes.
CREATE FUNCTION intake_interest_kept() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  IF TG_OP = 'UPDATE' AND OLD.corrected_at IS NULL
     AND (OLD.id, OLD.user_id, OLD.kind, OLD.name, OLD.business_number, OLD.since_date, OLD.declared_at)
         IS NOT DISTINCT FROM
         (NEW.id, NEW.user_id, NEW.kind, NEW.name, NEW.business_number, NEW.since_date, NEW.declared_at)
     AND (OLD.share_bp, OLD.corrects_id) IS NOT DISTINCT FROM (NEW.share_bp, NEW.corrects_id)
     AND (OLD.until_date IS NULL OR OLD.until_date IS NOT DISTINCT FROM NEW.until_date) THEN
    RETURN NEW;
  END IF;
  RAISE EXCEPTION 'intake: % on % never changes', TG_OP, TG_TABLE_NAME USING ERRCODE = 'integrity_constraint_violation';
END $$;
CREATE TRIGGER kept BEFORE UPDATE OR DELETE ON intake_interest FOR EACH ROW EXECUTE FUNCTION intake_interest_kept();
