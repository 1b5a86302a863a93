-- Event support: one cap for an edition, one limit for an envelope, every won explained.

-- What an award uses of both, as portal.mice.budget.net says it.
CREATE FUNCTION mice_net(award mice_award) RETURNS bigint LANGUAGE sql IMMUTABLE AS $$
  SELECT CASE
    WHEN award.status = 'CANCELLED' THEN greatest(award.paid - award.repaid, 0)
    ELSE coalesce(award.final, award.amount)
  END
$$;

-- Nothing that money hangs on is deleted.
CREATE TRIGGER award_stays BEFORE DELETE ON mice_award FOR EACH ROW EXECUTE FUNCTION mice_forbid();
CREATE TRIGGER awards_stay BEFORE TRUNCATE ON mice_award EXECUTE FUNCTION mice_forbid();
CREATE TRIGGER agreement_not_deleted BEFORE DELETE ON mice_agreement FOR EACH ROW EXECUTE FUNCTION mice_forbid();
CREATE TRIGGER tranche_not_deleted BEFORE DELETE ON mice_tranche FOR EACH ROW EXECUTE FUNCTION mice_forbid();
CREATE TRIGGER amendment_not_deleted BEFORE DELETE ON mice_amendment FOR EACH ROW EXECUTE FUNCTION mice_forbid();
CREATE TRIGGER posting_stays BEFORE UPDATE OR DELETE ON mice_posting FOR EACH ROW EXECUTE FUNCTION mice_forbid();
CREATE TRIGGER postings_stay BEFORE TRUNCATE ON mice_posting EXECUTE FUNCTION mice_forbid();

-- No award on an edition that may be another one, or is; edition, envelope and programme go together.
CREATE FUNCTION mice_award_placed() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  -- The edition's row is held, so that a match opened at the same moment waits.
  PERFORM 1 FROM mice_eventedition WHERE id = NEW.edition_id AND same_as_id IS NULL FOR NO KEY UPDATE;
  IF NOT FOUND THEN
    RAISE EXCEPTION 'edition % is another one by now', NEW.edition_id USING ERRCODE = 'check_violation';
  END IF;
  IF EXISTS (SELECT 1 FROM mice_editionmatch
              WHERE status = 'OPEN' AND NEW.edition_id IN (first_id, second_id)) THEN
    RAISE EXCEPTION 'edition % may be another one', NEW.edition_id USING ERRCODE = 'check_violation';
  END IF;
  IF NOT EXISTS (SELECT 1 FROM mice_budgetenvelope WHERE id = NEW.envelope_id AND programme_id = NEW.programme_id) THEN
    RAISE EXCEPTION 'envelope % is of another programme', NEW.envelope_id USING ERRCODE = 'check_violation';
  END IF;
  RETURN NEW;
END $$;
CREATE TRIGGER award_placed BEFORE INSERT OR UPDATE OF edition_id, envelope_id, programme_id ON mice_award
  FOR EACH ROW EXECUTE FUNCTION mice_award_placed();

-- What was decided stays; an award changes its edition only when two were found to be one.
CREATE FUNCTION mice_award_frozen() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  IF (NEW.public_id, NEW.application_id, NEW.organisation_id, NEW.programme_id, NEW.envelope_id, NEW.decided,
      NEW.policy, NEW.decided_at)
     IS DISTINCT FROM
     (OLD.public_id, OLD.application_id, OLD.organisation_id, OLD.programme_id, OLD.envelope_id, OLD.decided,
      OLD.policy, OLD.decided_at) THEN
    RAISE EXCEPTION 'a decided award stays as it was decided' USING ERRCODE = 'restrict_violation';
  END IF;
  IF NEW.edition_id <> OLD.edition_id AND NOT EXISTS (
      SELECT 1 FROM mice_editionmatch WHERE status = 'SAME'
         AND (first_id, second_id) = (least(OLD.edition_id, NEW.edition_id), greatest(OLD.edition_id, NEW.edition_id)))
  THEN
    RAISE EXCEPTION 'an award keeps its edition' USING ERRCODE = 'restrict_violation';
  END IF;
  RETURN NEW;
END $$;
CREATE TRIGGER award_frozen BEFORE UPDATE ON mice_award FOR EACH ROW EXECUTE FUNCTION mice_award_frozen();

-- What calendars were told of an edition: its name in them stays, every change of time, place or state raises its
-- sequence, and once public it stays public.
CREATE FUNCTION mice_edition_told() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  IF NEW.public_id <> OLD.public_id OR NEW.published_at IS DISTINCT FROM coalesce(OLD.published_at, NEW.published_at) THEN
    RAISE EXCEPTION 'an edition keeps its name in calendars' USING ERRCODE = 'restrict_violation';
  END IF;
  IF OLD.status = 'CANCELLED' AND NEW.status <> 'CANCELLED' THEN
    RAISE EXCEPTION 'an edition called off stays so' USING ERRCODE = 'restrict_violation';
  END IF;
  NEW.sequence := OLD.sequence;
  NEW.moved_from := OLD.moved_from;
  NEW.changed_at := OLD.changed_at;
  IF (NEW.starts_on, NEW.ends_on, NEW.venue, NEW.status, NEW.same_as_id)
     IS DISTINCT FROM (OLD.starts_on, OLD.ends_on, OLD.venue, OLD.status, OLD.same_as_id) THEN
    NEW.sequence := OLD.sequence + 1;
    NEW.changed_at := greatest(clock_timestamp(), OLD.changed_at);
    IF NEW.starts_on <> OLD.starts_on THEN
      NEW.moved_from := OLD.starts_on;
    END IF;
  END IF;
  RETURN NEW;
END $$;
CREATE TRIGGER edition_told BEFORE UPDATE ON mice_eventedition FOR EACH ROW EXECUTE FUNCTION mice_edition_told();
CREATE TRIGGER edition_not_deleted BEFORE DELETE ON mice_eventedition FOR EACH ROW EXECUTE FUNCTION mice_forbid();

-- A match is decided once, and opened only while the editions' rows are held.
CREATE FUNCTION mice_match_stays() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  IF TG_OP = 'INSERT' THEN
    PERFORM 1 FROM mice_eventedition WHERE id IN (NEW.first_id, NEW.second_id) ORDER BY id FOR NO KEY UPDATE;
  ELSIF OLD.status <> 'OPEN'
        OR (NEW.public_id, NEW.first_id, NEW.second_id) IS DISTINCT FROM (OLD.public_id, OLD.first_id, OLD.second_id) THEN
    RAISE EXCEPTION 'a match is decided once' USING ERRCODE = 'restrict_violation';
  END IF;
  RETURN NEW;
END $$;
CREATE TRIGGER match_stays BEFORE INSERT OR UPDATE ON mice_editionmatch
  FOR EACH ROW EXECUTE FUNCTION mice_match_stays();
CREATE TRIGGER match_not_deleted BEFORE DELETE ON mice_editionmatch FOR EACH ROW EXECUTE FUNCTION mice_forbid();

-- At every commit the counters of an edition and of an envelope equal what their awards use.
CREATE FUNCTION mice_counters_agree() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
  row jsonb := to_jsonb(NEW);
  editions bigint[];
  envelope bigint;
  found record;
BEGIN
  editions := CASE WHEN TG_TABLE_NAME = 'mice_award'
                   THEN ARRAY[(row ->> 'edition_id')::bigint, (to_jsonb(OLD) ->> 'edition_id')::bigint]
                   WHEN TG_TABLE_NAME = 'mice_eventedition' THEN ARRAY[(row ->> 'id')::bigint] END;
  envelope := CASE TG_TABLE_NAME WHEN 'mice_award' THEN (row ->> 'envelope_id')::bigint
                                 WHEN 'mice_budgetenvelope' THEN (row ->> 'id')::bigint END;
  FOR found IN
    SELECT 'edition ' || e.id AS what, e.committed AS counted,
           (SELECT coalesce(sum(mice_net(a)), 0) FROM mice_award a WHERE a.edition_id = e.id) AS used
      FROM mice_eventedition e WHERE e.id = ANY (editions)
    UNION ALL
    SELECT 'envelope ' || b.id, b.committed - b.lapsed,
           (SELECT coalesce(sum(mice_net(a)), 0) FROM mice_award a WHERE a.envelope_id = b.id)
      FROM mice_budgetenvelope b WHERE b.id = envelope
  LOOP
    IF found.counted <> found.used THEN
      RAISE EXCEPTION '% counts % won, its awards use %', found.what, found.counted, found.used
        USING ERRCODE = 'check_violation';
    END IF;
  END LOOP;
  RETURN NULL;
END $$;
CREATE CONSTRAINT TRIGGER counters_agree_award AFTER INSERT OR UPDATE ON mice_award
  DEFERRABLE INITIALLY DEFERRED FOR EACH ROW EXECUTE FUNCTION mice_counters_agree();
CREATE CONSTRAINT TRIGGER counters_agree_edition AFTER INSERT OR UPDATE ON mice_eventedition
  DEFERRABLE INITIALLY DEFERRED FOR EACH ROW EXECUTE FUNCTION mice_counters_agree();
CREATE CONSTRAINT TRIGGER counters_agree_envelope AFTER INSERT OR UPDATE ON mice_budgetenvelope
  DEFERRABLE INITIALLY DEFERRED FOR EACH ROW EXECUTE FUNCTION mice_counters_agree();

-- At every commit the lines make the amount, the amount is what was decided or approved last, and the postings explain
-- what was paid, repaid and returned as interest; a paid tranche is one posting, within a signed agreement.
CREATE FUNCTION mice_award_agrees() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
  row jsonb := to_jsonb(CASE WHEN TG_OP = 'DELETE' THEN OLD ELSE NEW END);
  award mice_award;
  told record;
BEGIN
  SELECT * INTO award FROM mice_award
   WHERE id = (CASE WHEN TG_TABLE_NAME = 'mice_award' THEN row ->> 'id' ELSE row ->> 'award_id' END)::bigint;
  SELECT (SELECT coalesce(sum(amount), 0) FROM mice_awardline WHERE award_id = award.id) AS lines,
         coalesce((SELECT amount_to FROM mice_amendment WHERE award_id = award.id AND status = 'APPROVED'
                    ORDER BY decided_at DESC, id DESC LIMIT 1), award.decided) AS agreed,
         (SELECT coalesce(sum(amount), 0) FROM mice_tranche WHERE award_id = award.id AND status <> 'VOID') AS staged,
         (SELECT coalesce(sum(amount), 0) FROM mice_tranche WHERE award_id = award.id AND status = 'PAID') AS drawn,
         EXISTS (SELECT 1 FROM mice_tranche t LEFT JOIN mice_posting p ON p.tranche_id = t.id
                  WHERE t.award_id = award.id
                    AND (t.status = 'PAID') <> coalesce(p.amount = t.amount AND p.award_id = t.award_id, false)) AS apart,
         coalesce(sum(amount) FILTER (WHERE kind = 'PAID'), 0) AS out,
         coalesce(sum(amount) FILTER (WHERE kind = 'REPAID'), 0) AS back,
         coalesce(sum(amount) FILTER (WHERE kind = 'INTEREST'), 0) AS bore
    INTO told FROM mice_posting WHERE award_id = award.id;
  IF told.lines <> award.amount OR told.agreed <> award.amount THEN
    RAISE EXCEPTION 'award % is %, its lines make %, agreed are %', award.id, award.amount, told.lines, told.agreed
      USING ERRCODE = 'check_violation';
  END IF;
  IF told.staged > coalesce(award.final, award.amount) AND told.staged > award.paid OR told.apart THEN
    RAISE EXCEPTION 'the tranches of award % make % of %', award.id, told.staged, award.amount
      USING ERRCODE = 'check_violation';
  END IF;
  IF (award.paid, award.repaid, award.interest, told.drawn) IS DISTINCT FROM
     (told.out, told.back, told.bore, told.out) THEN
    RAISE EXCEPTION 'the postings of award % do not explain its money', award.id USING ERRCODE = 'check_violation';
  END IF;
  IF (told.staged > 0 OR award.status NOT IN ('DECIDED', 'CANCELLED'))
     AND NOT EXISTS (SELECT 1 FROM mice_agreement WHERE award_id = award.id AND status = 'SIGNED') THEN
    RAISE EXCEPTION 'award % has no signed agreement', award.id USING ERRCODE = 'check_violation';
  END IF;
  RETURN NULL;
END $$;
CREATE CONSTRAINT TRIGGER award_agrees AFTER INSERT OR UPDATE ON mice_award
  DEFERRABLE INITIALLY DEFERRED FOR EACH ROW EXECUTE FUNCTION mice_award_agrees();
CREATE CONSTRAINT TRIGGER award_agrees_lines AFTER INSERT OR UPDATE OR DELETE ON mice_awardline
  DEFERRABLE INITIALLY DEFERRED FOR EACH ROW EXECUTE FUNCTION mice_award_agrees();
CREATE CONSTRAINT TRIGGER award_agrees_tranches AFTER INSERT OR UPDATE ON mice_tranche
  DEFERRABLE INITIALLY DEFERRED FOR EACH ROW EXECUTE FUNCTION mice_award_agrees();
CREATE CONSTRAINT TRIGGER award_agrees_postings AFTER INSERT ON mice_posting
  DEFERRABLE INITIALLY DEFERRED FOR EACH ROW EXECUTE FUNCTION mice_award_agrees();
CREATE CONSTRAINT TRIGGER award_agrees_amendments AFTER INSERT OR UPDATE ON mice_amendment
  DEFERRABLE INITIALLY DEFERRED FOR EACH ROW EXECUTE FUNCTION mice_award_agrees();

-- What was put before somebody to sign, to pay or to approve stays as it was.
CREATE FUNCTION mice_paper_stays() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
  before jsonb := to_jsonb(OLD);
  after jsonb := to_jsonb(NEW);
  field text;
BEGIN
  FOREACH field IN ARRAY TG_ARGV LOOP
    IF before -> field IS DISTINCT FROM after -> field THEN
      RAISE EXCEPTION '% of % stays', field, TG_TABLE_NAME USING ERRCODE = 'restrict_violation';
    END IF;
  END LOOP;
  RETURN NEW;
END $$;
CREATE TRIGGER agreement_stays BEFORE UPDATE ON mice_agreement FOR EACH ROW
  EXECUTE FUNCTION mice_paper_stays('public_id', 'award_id', 'text', 'document_hash', 'guaranteed_until', 'prepared_by_id');
CREATE TRIGGER tranche_stays BEFORE UPDATE ON mice_tranche FOR EACH ROW
  EXECUTE FUNCTION mice_paper_stays('public_id', 'award_id', 'stage', 'amount', 'prepared_by_id');
CREATE TRIGGER amendment_stays BEFORE UPDATE ON mice_amendment FOR EACH ROW
  EXECUTE FUNCTION mice_paper_stays('public_id', 'award_id', 'reason', 'amount_from', 'amount_to', 'lines',
                                    'requested_by_id', 'requested_at');

-- The plan under which an award was decided stays.
CREATE FUNCTION mice_plan_stays() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  IF EXISTS (SELECT 1 FROM mice_award WHERE application_id = OLD.application_id) THEN
    RAISE EXCEPTION 'the plan of a decided award stays' USING ERRCODE = 'restrict_violation';
  END IF;
  RETURN COALESCE(NEW, OLD);
END $$;
CREATE TRIGGER plan_stays BEFORE UPDATE OR DELETE ON mice_awardplan FOR EACH ROW EXECUTE FUNCTION mice_plan_stays();

-- Scans, settlements and evidence stay; a report's lines stay as filed, and as audited.
CREATE TRIGGER scan_stays BEFORE UPDATE OR DELETE ON mice_checkin FOR EACH ROW EXECUTE FUNCTION mice_forbid();
CREATE TRIGGER scans_stay BEFORE TRUNCATE ON mice_checkin EXECUTE FUNCTION mice_forbid();
-- A scan belongs to one edition with its ticket and its door.
CREATE FUNCTION mice_scan_fits() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  IF NEW.edition_id <> coalesce((SELECT edition_id FROM mice_registrant WHERE id = NEW.registrant_id), NEW.edition_id)
     OR NEW.edition_id <> coalesce((SELECT edition_id FROM mice_eventdoor WHERE id = NEW.door_id), NEW.edition_id) THEN
    RAISE EXCEPTION 'the ticket or the door of the scan is of another edition' USING ERRCODE = 'check_violation';
  END IF;
  RETURN NEW;
END $$;
CREATE TRIGGER scan_fits BEFORE INSERT ON mice_checkin FOR EACH ROW EXECUTE FUNCTION mice_scan_fits();
CREATE TRIGGER settlement_stays BEFORE UPDATE OR DELETE ON mice_settlement FOR EACH ROW EXECUTE FUNCTION mice_forbid();
CREATE TRIGGER report_not_deleted BEFORE DELETE ON mice_settlementreport FOR EACH ROW EXECUTE FUNCTION mice_forbid();
CREATE TRIGGER evidence_not_deleted BEFORE DELETE ON mice_evidence FOR EACH ROW EXECUTE FUNCTION mice_forbid();
CREATE TRIGGER evidence_stays BEFORE UPDATE ON mice_evidence FOR EACH ROW
  EXECUTE FUNCTION mice_paper_stays('sha256', 'kind', 'approval_number', 'amount');
CREATE TRIGGER evidence_file_stays BEFORE UPDATE ON mice_evidencefile FOR EACH ROW
  EXECUTE FUNCTION mice_paper_stays('evidence_id', 'sha256', 'size');
CREATE TRIGGER report_stays BEFORE UPDATE ON mice_settlementreport FOR EACH ROW
  EXECUTE FUNCTION mice_paper_stays('public_id', 'award_id', 'version', 'interest', 'filed_by_id', 'filed_at');
CREATE TRIGGER settlement_line_filed BEFORE UPDATE ON mice_settlementline FOR EACH ROW
  EXECUTE FUNCTION mice_paper_stays('report_id', 'number', 'code', 'supply', 'vat', 'vat_reclaimable', 'paid_on',
                                    'vendor', 'vendor_number', 'related', 'evidence_id');

CREATE FUNCTION mice_line_stays() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  IF TG_OP = 'DELETE' OR EXISTS (
      SELECT 1 FROM mice_settlement s JOIN mice_award a ON a.id = s.award_id
       WHERE s.report_id = NEW.report_id AND a.status <> 'REOPENED') THEN
    RAISE EXCEPTION 'the lines of a settled report stay' USING ERRCODE = 'restrict_violation';
  END IF;
  RETURN NEW;
END $$;
CREATE TRIGGER settlement_line_stays BEFORE INSERT OR UPDATE OR DELETE ON mice_settlementline
  FOR EACH ROW EXECUTE FUNCTION mice_line_stays();

-- At every commit a piece of evidence counts as much as audited lines recognise of it, and in more than one line only
-- when an officer shared it.
CREATE FUNCTION mice_evidence_agrees() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
  paper mice_evidence;
  told record;
BEGIN
  SELECT * INTO paper FROM mice_evidence
   WHERE id = (to_jsonb(NEW) ->> CASE TG_TABLE_NAME WHEN 'mice_evidence' THEN 'id' ELSE 'evidence_id' END)::bigint;
  SELECT coalesce(sum(recognised), 0) AS used, count(*) FILTER (WHERE recognised > 0) AS lines
    INTO told FROM mice_settlementline WHERE evidence_id = paper.id;
  IF told.used <> paper.claimed OR told.lines > 1 AND NOT paper.shared THEN
    RAISE EXCEPTION 'evidence % counts % won, % lines recognise %', paper.id, paper.claimed, told.lines, told.used
      USING ERRCODE = 'check_violation';
  END IF;
  RETURN NULL;
END $$;
CREATE CONSTRAINT TRIGGER evidence_agrees AFTER INSERT OR UPDATE ON mice_evidence
  DEFERRABLE INITIALLY DEFERRED FOR EACH ROW EXECUTE FUNCTION mice_evidence_agrees();
CREATE CONSTRAINT TRIGGER evidence_agrees_lines AFTER INSERT OR UPDATE ON mice_settlementline
  DEFERRABLE INITIALLY DEFERRED FOR EACH ROW EXECUTE FUNCTION mice_evidence_agrees();

-- A settlement is what its figures come to, over an audited report, by another than its auditor.
CREATE FUNCTION mice_settlement_right() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  IF NEW.final IS DISTINCT FROM least(NEW.amount, NEW.cap_left, NEW.recognised * NEW.support_rate_bp / 10000, NEW.tariff)
     OR NEW.final < 0 THEN
    RAISE EXCEPTION 'a settlement of % is not what its figures come to', NEW.final USING ERRCODE = 'check_violation';
  END IF;
  IF NOT EXISTS (SELECT 1 FROM mice_settlementreport r JOIN mice_award a ON a.id = r.award_id
                  WHERE r.id = NEW.report_id AND r.award_id = NEW.award_id AND r.recognised = NEW.recognised
                    AND r.interest = NEW.interest AND r.audited_by_id <> NEW.settled_by_id
                    AND (a.amount, a.paid - a.repaid) = (NEW.amount, NEW.paid)
                    AND r.recognised = (SELECT coalesce(sum(recognised), 0) FROM mice_settlementline
                                         WHERE report_id = r.id)) THEN
    RAISE EXCEPTION 'a settlement follows an audit by another person' USING ERRCODE = 'check_violation';
  END IF;
  RETURN NEW;
END $$;
CREATE TRIGGER settlement_right BEFORE INSERT ON mice_settlement
  FOR EACH ROW EXECUTE FUNCTION mice_settlement_right();

-- At every commit a settled award has the final amount and the interest of its last settlement.
CREATE FUNCTION mice_settled_agrees() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
  award mice_award;
  last mice_settlement;
BEGIN
  SELECT * INTO award FROM mice_award
   WHERE id = (to_jsonb(NEW) ->> CASE TG_TABLE_NAME WHEN 'mice_award' THEN 'id' ELSE 'award_id' END)::bigint;
  SELECT * INTO last FROM mice_settlement WHERE award_id = award.id ORDER BY id DESC LIMIT 1;
  IF (award.final, award.interest_due) IS DISTINCT FROM (last.final, coalesce(last.interest, 0)) THEN
    RAISE EXCEPTION 'award % has % won, its settlement came to %', award.id, award.final, last.final
      USING ERRCODE = 'check_violation';
  END IF;
  RETURN NULL;
END $$;
CREATE CONSTRAINT TRIGGER settled_agrees AFTER INSERT OR UPDATE ON mice_award
  DEFERRABLE INITIALLY DEFERRED FOR EACH ROW EXECUTE FUNCTION mice_settled_agrees();
CREATE CONSTRAINT TRIGGER settled_agrees_settlement AFTER INSERT ON mice_settlement
  DEFERRABLE INITIALLY DEFERRED FOR EACH ROW EXECUTE FUNCTION mice_settled_agrees();

-- What a clawback was noticed with stays, its receipts explain what came in, and it takes back no more than was paid.
CREATE TRIGGER clawback_stays BEFORE UPDATE ON mice_clawback FOR EACH ROW
  EXECUTE FUNCTION mice_paper_stays('public_id', 'award_id', 'ground', 'facts', 'legal_basis', 'principal', 'interest',
                                    'surcharge', 'reply_by', 'noticed_by_id', 'noticed_at');
CREATE TRIGGER clawback_not_deleted BEFORE DELETE ON mice_clawback FOR EACH ROW EXECUTE FUNCTION mice_forbid();
CREATE TRIGGER clawback_receipt_stays BEFORE UPDATE OR DELETE ON mice_clawbackreceipt
  FOR EACH ROW EXECUTE FUNCTION mice_forbid();
CREATE TRIGGER sanction_stays BEFORE UPDATE ON mice_sanction FOR EACH ROW
  EXECUTE FUNCTION mice_paper_stays('public_id', 'organisation_id', 'clawback_id', 'from_on', 'until_on', 'imposed_by_id');
CREATE TRIGGER sanction_not_deleted BEFORE DELETE ON mice_sanction FOR EACH ROW EXECUTE FUNCTION mice_forbid();
CREATE TRIGGER inspection_stays BEFORE UPDATE OR DELETE ON mice_inspection FOR EACH ROW EXECUTE FUNCTION mice_forbid();

CREATE FUNCTION mice_clawback_agrees() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
  claw mice_clawback;
  came bigint;
BEGIN
  SELECT * INTO claw FROM mice_clawback
   WHERE id = (to_jsonb(NEW) ->> CASE TG_TABLE_NAME WHEN 'mice_clawback' THEN 'id' ELSE 'clawback_id' END)::bigint;
  SELECT coalesce(sum(amount), 0) INTO came FROM mice_clawbackreceipt WHERE clawback_id = claw.id;
  IF claw.received <> came THEN
    RAISE EXCEPTION 'clawback % counts % won, its receipts make %', claw.id, claw.received, came
      USING ERRCODE = 'check_violation';
  END IF;
  IF (SELECT sum(principal) FROM mice_clawback WHERE award_id = claw.award_id AND status NOT IN ('DROPPED', 'WAIVED'))
     > (SELECT paid FROM mice_award WHERE id = claw.award_id) THEN
    RAISE EXCEPTION 'more is taken back of award % than was paid', claw.award_id USING ERRCODE = 'check_violation';
  END IF;
  RETURN NULL;
END $$;
CREATE CONSTRAINT TRIGGER clawback_agrees AFTER INSERT OR UPDATE ON mice_clawback
  DEFERRABLE INITIALLY DEFERRED FOR EACH ROW EXECUTE FUNCTION mice_clawback_agrees();
CREATE CONSTRAINT TRIGGER clawback_agrees_receipts AFTER INSERT ON mice_clawbackreceipt
  DEFERRABLE INITIALLY DEFERRED FOR EACH ROW EXECUTE FUNCTION mice_clawback_agrees();

-- Nothing is paid to who is sanctioned on that day.
CREATE FUNCTION mice_nobody_sanctioned() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  IF EXISTS (SELECT 1 FROM mice_sanction s JOIN mice_award a ON a.organisation_id = s.organisation_id
              WHERE a.id = NEW.award_id AND s.lifted_at IS NULL AND s.from_on <= NEW."on" AND NEW."on" < s.until_on) THEN
    RAISE EXCEPTION 'the organisation of award % is sanctioned', NEW.award_id USING ERRCODE = 'check_violation';
  END IF;
  RETURN NEW;
END $$;
CREATE TRIGGER nobody_sanctioned BEFORE INSERT ON mice_posting
  FOR EACH ROW WHEN (NEW.kind = 'PAID') EXECUTE FUNCTION mice_nobody_sanctioned();
