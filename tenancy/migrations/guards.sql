-- Rows that never change, and rules over several rows that no CHECK can hold.

CREATE FUNCTION tenancy_forbid() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  RAISE EXCEPTION '% of % is forbidden', TG_OP, TG_TABLE_NAME USING ERRCODE = 'restrict_violation';
END $$;

-- A signature, once given, stays; so does the history of the floor.
CREATE TRIGGER signature_stays BEFORE UPDATE OR DELETE ON tenancy_signature
  FOR EACH ROW EXECUTE FUNCTION tenancy_forbid();
CREATE TRIGGER occupancy_stays BEFORE DELETE ON tenancy_occupancy
  FOR EACH ROW EXECUTE FUNCTION tenancy_forbid();

-- A rate card that an offer uses is frozen.
CREATE TRIGGER rate_card_frozen BEFORE UPDATE OR DELETE ON tenancy_ratecard
  FOR EACH ROW WHEN (OLD.frozen_at IS NOT NULL) EXECUTE FUNCTION tenancy_forbid();

-- Its figures and its day are those that a second person looked at.
CREATE FUNCTION tenancy_rate_card_sealed() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  IF (NEW.cluster_id, NEW.code, NEW.version, NEW.from_date, NEW.drafted_by_id, NEW.basis, NEW.rate_won, NEW.fee_won,
      NEW.fee_basis, NEW.deposit_won, NEW.deposit_months, NEW.ahead_months, NEW.due_day, NEW.rounding, NEW.vat_mode,
      NEW.late_interest_bp, NEW.holdover_bp)
     IS DISTINCT FROM
     (OLD.cluster_id, OLD.code, OLD.version, OLD.from_date, OLD.drafted_by_id, OLD.basis, OLD.rate_won, OLD.fee_won,
      OLD.fee_basis, OLD.deposit_won, OLD.deposit_months, OLD.ahead_months, OLD.due_day, OLD.rounding, OLD.vat_mode,
      OLD.late_interest_bp, OLD.holdover_bp) THEN
    RAISE EXCEPTION 'a rate card that was looked at is sealed' USING ERRCODE = 'restrict_violation';
  END IF;
  RETURN NEW;
END $$;
CREATE TRIGGER rate_card_sealed BEFORE UPDATE ON tenancy_ratecard
  FOR EACH ROW WHEN (OLD.status <> 'DRAFT') EXECUTE FUNCTION tenancy_rate_card_sealed();

-- A date range may still hold '-infinity' or 'infinity' as a bound; no tenancy does.
ALTER TABLE tenancy_occupancy ADD CONSTRAINT occupancy_bounds_are_days
  CHECK (isfinite(lower(period)) AND isfinite(upper(period)));
ALTER TABLE tenancy_leaseterm ADD CONSTRAINT lease_term_bounds_are_days
  CHECK (isfinite(lower(period)) AND isfinite(upper(period)));

-- Sealed inputs and computed results of a run do not change; only its state and who decided move on.
CREATE FUNCTION tenancy_run_sealed() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  IF (NEW.inputs, NEW.inputs_hash, NEW.version) IS DISTINCT FROM (OLD.inputs, OLD.inputs_hash, OLD.version)
     OR (OLD.status <> 'DRAFT' AND (NEW.result, NEW.result_hash, NEW.violations)
         IS DISTINCT FROM (OLD.result, OLD.result_hash, OLD.violations)) THEN
    RAISE EXCEPTION 'an allocation run is sealed' USING ERRCODE = 'restrict_violation';
  END IF;
  RETURN NEW;
END $$;
CREATE TRIGGER run_sealed BEFORE UPDATE ON tenancy_allocationrun
  FOR EACH ROW EXECUTE FUNCTION tenancy_run_sealed();
CREATE TRIGGER run_line_stays BEFORE UPDATE OR DELETE ON tenancy_allocationline
  FOR EACH ROW EXECUTE FUNCTION tenancy_forbid();

-- An issued invoice keeps its figures; only what is open and its state move.
CREATE FUNCTION tenancy_invoice_issued() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  IF TG_OP = 'DELETE'
     OR (NEW.lease_id, NEW.month, NEW.kind, NEW.number, NEW.supply, NEW.vat, NEW.total, NEW.due_date)
        IS DISTINCT FROM
        (OLD.lease_id, OLD.month, OLD.kind, OLD.number, OLD.supply, OLD.vat, OLD.total, OLD.due_date) THEN
    RAISE EXCEPTION 'an issued invoice is never edited' USING ERRCODE = 'restrict_violation';
  END IF;
  RETURN NEW;
END $$;
CREATE TRIGGER invoice_stays BEFORE UPDATE OR DELETE ON tenancy_invoice
  FOR EACH ROW WHEN (OLD.status <> 'DRAFT') EXECUTE FUNCTION tenancy_invoice_issued();

-- Terms of a lease touch, and together stay within its maximum.
CREATE FUNCTION tenancy_terms_touch() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
  bad boolean;
BEGIN
  SELECT max(upper(t.period)) > min(lower(t.period)) + make_interval(months => max(l.max_months))
      OR sum(upper(t.period) - lower(t.period)) <> max(upper(t.period)) - min(lower(t.period))
    INTO bad
    FROM tenancy_leaseterm t JOIN tenancy_lease l ON l.id = t.lease_id
   WHERE t.lease_id = NEW.lease_id;
  IF bad THEN
    RAISE EXCEPTION 'terms of lease % leave a gap or pass its maximum', NEW.lease_id USING ERRCODE = 'check_violation';
  END IF;
  RETURN NULL;
END $$;
CREATE CONSTRAINT TRIGGER terms_touch AFTER INSERT OR UPDATE ON tenancy_leaseterm
  DEFERRABLE INITIALLY DEFERRED FOR EACH ROW EXECUTE FUNCTION tenancy_terms_touch();

-- Whoever holds a cell holds it as part of a unit that has it on all those days; split or merged rooms hold nobody.
CREATE FUNCTION tenancy_held_as_unit() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
  odd bigint;
BEGIN
  -- What stands at the commit counts, not what the row was when the trigger was queued.
  IF TG_TABLE_NAME = 'tenancy_occupancy' THEN
    SELECT o.id INTO odd FROM tenancy_occupancy o
     WHERE o.id = NEW.id AND o.unit_id IS NOT NULL AND o.status <> 'RELEASED'
       AND NOT EXISTS (SELECT 1 FROM tenancy_unitcell u
                        WHERE u.unit_id = o.unit_id AND u.cell_id = o.cell_id AND u.period @> o.period);
  ELSE
    SELECT o.id INTO odd FROM tenancy_unitcell u JOIN tenancy_occupancy o
        ON o.unit_id = u.unit_id AND o.cell_id = u.cell_id AND o.status <> 'RELEASED' AND NOT u.period @> o.period
     WHERE u.id = NEW.id LIMIT 1;
  END IF;
  IF odd IS NOT NULL THEN
    RAISE EXCEPTION 'occupancy % reaches beyond the time of its unit', odd USING ERRCODE = 'check_violation';
  END IF;
  RETURN NULL;
END $$;
CREATE CONSTRAINT TRIGGER held_as_unit AFTER INSERT OR UPDATE OF period, cell_id, unit_id ON tenancy_occupancy
  DEFERRABLE INITIALLY DEFERRED FOR EACH ROW WHEN (NEW.status <> 'RELEASED') EXECUTE FUNCTION tenancy_held_as_unit();
CREATE CONSTRAINT TRIGGER held_as_unit AFTER UPDATE OF period ON tenancy_unitcell
  DEFERRABLE INITIALLY DEFERRED FOR EACH ROW EXECUTE FUNCTION tenancy_held_as_unit();

-- A lease that has ended or never came about holds no room.
CREATE FUNCTION tenancy_ended_holds_nothing() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  IF EXISTS (SELECT 1 FROM tenancy_lease l JOIN tenancy_occupancy o ON o.lease_id = l.id
              WHERE l.id = NEW.id AND l.status IN ('ENDED', 'NOT_MATERIALISED')
                AND o.status IN ('HELD', 'COMMITTED', 'OCCUPIED')) THEN
    RAISE EXCEPTION 'lease % has ended and still holds a room', NEW.id USING ERRCODE = 'check_violation';
  END IF;
  RETURN NULL;
END $$;
CREATE CONSTRAINT TRIGGER ended_holds_nothing AFTER UPDATE ON tenancy_lease
  DEFERRABLE INITIALLY DEFERRED FOR EACH ROW
  WHEN (NEW.status IN ('ENDED', 'NOT_MATERIALISED')) EXECUTE FUNCTION tenancy_ended_holds_nothing();

-- What was shown for signing stays what it was, and a signature is over just that.
CREATE FUNCTION tenancy_lease_sealed() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  RAISE EXCEPTION 'the document of a lease is sealed once it was shown' USING ERRCODE = 'restrict_violation';
END $$;
CREATE TRIGGER lease_sealed BEFORE UPDATE ON tenancy_lease FOR EACH ROW
  WHEN (OLD.document_hash <> '' AND (NEW.document, NEW.document_hash) IS DISTINCT FROM (OLD.document, OLD.document_hash))
  EXECUTE FUNCTION tenancy_lease_sealed();
CREATE FUNCTION tenancy_signed_as_shown() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  IF NEW.document_hash IS DISTINCT FROM coalesce(
       (SELECT document_hash FROM tenancy_lease WHERE id = NEW.lease_id),
       (SELECT document_hash FROM tenancy_amendment WHERE id = NEW.amendment_id)) THEN
    RAISE EXCEPTION 'signature % is over another document', NEW.id USING ERRCODE = 'check_violation';
  END IF;
  RETURN NULL;
END $$;
CREATE CONSTRAINT TRIGGER signed_as_shown AFTER INSERT ON tenancy_signature
  DEFERRABLE INITIALLY DEFERRED FOR EACH ROW EXECUTE FUNCTION tenancy_signed_as_shown();
