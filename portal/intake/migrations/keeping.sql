-- What a sitting, a bonus and the end of keeping may not do, whatever path it comes by.

-- Who was not at a sitting that heard the file does not lock its sheet.
CREATE FUNCTION intake_sheet_presence() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE a record;
BEGIN
  SELECT stage_id, application_id, member_id INTO a FROM intake_assignment WHERE id = NEW.assignment_id;
  IF EXISTS (SELECT 1 FROM intake_sitting WHERE stage_id = a.stage_id AND cancelled_at IS NULL)
     AND NOT EXISTS (
       SELECT 1 FROM intake_sitting s JOIN intake_attendance t ON t.sitting_id = s.id
       WHERE s.stage_id = a.stage_id AND s.cancelled_at IS NULL AND t.member_id = a.member_id AND t.signed_at IS NOT NULL
         AND (NOT EXISTS (SELECT 1 FROM intake_sitting_files f WHERE f.sitting_id = s.id)
              OR EXISTS (SELECT 1 FROM intake_sitting_files f WHERE f.sitting_id = s.id AND f.application_id = a.application_id))) THEN
    RAISE EXCEPTION 'intake: sheet of a member who was absent' USING ERRCODE = 'check_violation';
  END IF;
  RETURN NEW;
END $$;
CREATE TRIGGER presence BEFORE UPDATE ON intake_scoresheet FOR EACH ROW
  WHEN (NEW.status = 'LOCKED' AND OLD.status <> 'LOCKED') EXECUTE FUNCTION intake_sheet_presence();

-- The reserve is called in its order; who is passed over has read why. A remedy on appeal goes before any order.
CREATE FUNCTION intake_reserve_in_order() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  IF EXISTS (SELECT 1 FROM intake_reserveentry e WHERE e.track_id = NEW.track_id AND e.id <> NEW.id AND e.status = 'WAITING'
             AND e."order" < NEW."order" AND e.skips = '[]'::jsonb)
     AND NOT EXISTS (SELECT 1 FROM intake_decisionline l JOIN intake_decision d ON d.id = l.decision_id
                     WHERE l.application_id = NEW.application_id AND l.outcome = 'SELECTED'
                       AND d.kind = 'CORRECTION' AND d.status = 'PUBLISHED') THEN
    RAISE EXCEPTION 'intake: reserve called out of its order' USING ERRCODE = 'check_violation';
  END IF;
  RETURN NEW;
END $$;
CREATE TRIGGER in_order BEFORE UPDATE ON intake_reserveentry FOR EACH ROW
  WHEN (NEW.status = 'CALLED' AND OLD.status = 'WAITING') EXECUTE FUNCTION intake_reserve_in_order();

CREATE TRIGGER kept BEFORE DELETE ON intake_attendance FOR EACH ROW EXECUTE FUNCTION intake_forbid();
CREATE TRIGGER signed_once BEFORE UPDATE ON intake_attendance FOR EACH ROW
  WHEN ((OLD.sitting_id, OLD.member_id, OLD.identified_by, OLD.recorded_by_id, OLD.recorded_at)
        IS DISTINCT FROM (NEW.sitting_id, NEW.member_id, NEW.identified_by, NEW.recorded_by_id, NEW.recorded_at)
        OR OLD.signed_at IS NOT NULL)
  EXECUTE FUNCTION intake_forbid();

CREATE TRIGGER policy_frozen BEFORE INSERT OR UPDATE OR DELETE ON intake_bonusitem FOR EACH ROW EXECUTE FUNCTION intake_policy_frozen();
CREATE TRIGGER frozen BEFORE UPDATE OR DELETE ON intake_bonusfinding FOR EACH ROW EXECUTE FUNCTION intake_forbid();
CREATE TRIGGER frozen BEFORE UPDATE OR DELETE ON intake_destructionrecord FOR EACH ROW EXECUTE FUNCTION intake_forbid();

-- An application is emptied once, by a record that stands; a hold or an open appeal stops it.
CREATE FUNCTION intake_emptied() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  IF OLD.destruction_id IS NOT NULL THEN
    RAISE EXCEPTION 'intake: this application was emptied before' USING ERRCODE = 'integrity_constraint_violation';
  END IF;
  IF EXISTS (SELECT 1 FROM intake_retentionhold h WHERE h.call_id = NEW.call_id AND h.lifted_at IS NULL
             AND (h.application_id IS NULL OR h.application_id = NEW.id))
     OR EXISTS (SELECT 1 FROM intake_appeal WHERE application_id = NEW.id AND status IN ('FILED', 'ADMITTED')) THEN
    RAISE EXCEPTION 'intake: destruction under a hold' USING ERRCODE = 'check_violation';
  END IF;
  RETURN NEW;
END $$;
CREATE TRIGGER emptied BEFORE UPDATE ON intake_application FOR EACH ROW
  WHEN (OLD.destruction_id IS DISTINCT FROM NEW.destruction_id) EXECUTE FUNCTION intake_emptied();

-- A revision never changes, but that its content goes with the application's destruction; its SHA-256 stays.
CREATE FUNCTION intake_revision_frozen() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  IF TG_OP = 'UPDATE' AND NEW.content ->> 'destroyed' = 'true' AND NEW.content -> 'answers' = '{}' AND NEW.content -> 'files' = '{}'
     AND NOT EXISTS (SELECT 1 FROM jsonb_each_text(NEW.content -> 'company') WHERE value <> '')
     AND to_jsonb(NEW) - 'content' = to_jsonb(OLD) - 'content'
     AND EXISTS (SELECT 1 FROM intake_application WHERE id = NEW.application_id AND destruction_id IS NOT NULL) THEN
    RETURN NEW;
  END IF;
  RAISE EXCEPTION 'intake: % on % never changes', TG_OP, TG_TABLE_NAME USING ERRCODE = 'integrity_constraint_violation';
END $$;
CREATE TRIGGER frozen BEFORE UPDATE OR DELETE ON intake_revision FOR EACH ROW EXECUTE FUNCTION intake_revision_frozen();

-- So does a file's name; size and SHA-256 stay.
CREATE FUNCTION intake_attachment_frozen() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  IF NEW.name = '' AND NEW.file = '' AND to_jsonb(NEW) - 'name' - 'file' = to_jsonb(OLD) - 'name' - 'file'
     AND EXISTS (SELECT 1 FROM intake_application WHERE id = NEW.application_id AND destruction_id IS NOT NULL) THEN
    RETURN NEW;
  END IF;
  RAISE EXCEPTION 'intake: % on % never changes', TG_OP, TG_TABLE_NAME USING ERRCODE = 'integrity_constraint_violation';
END $$;
CREATE TRIGGER frozen_content BEFORE UPDATE ON intake_attachment FOR EACH ROW
  WHEN ((OLD.application_id, OLD.block, OLD.name, OLD.size, OLD.content_type, OLD.sha256, OLD.file)
        IS DISTINCT FROM (NEW.application_id, NEW.block, NEW.name, NEW.size, NEW.content_type, NEW.sha256, NEW.file))
  EXECUTE FUNCTION intake_attachment_frozen();
