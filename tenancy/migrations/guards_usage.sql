-- What was used and what is shared: readings count up, shares add up, both are charged to their own lease, and stay.

-- A reading keeps its figures; it is set aside once at most.
CREATE FUNCTION tenancy_reading_stays() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  IF TG_OP = 'DELETE' OR OLD.voided_at IS NOT NULL
     OR to_jsonb(NEW) - ARRAY['voided_at', 'voided_by_id', 'void_reason']
        IS DISTINCT FROM to_jsonb(OLD) - ARRAY['voided_at', 'voided_by_id', 'void_reason'] THEN
    RAISE EXCEPTION '% of % is forbidden', TG_OP, TG_TABLE_NAME USING ERRCODE = 'restrict_violation';
  END IF;
  RETURN NEW;
END $$;
CREATE TRIGGER reading_stays BEFORE UPDATE OR DELETE ON tenancy_meterreading
  FOR EACH ROW EXECUTE FUNCTION tenancy_reading_stays();

-- A meter never shows less than before, unless it was changed; then the old one ended no lower. Who reads the same
-- meter at the same time waits.
CREATE FUNCTION tenancy_meter_counts_up() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
  before numeric;
BEGIN
  PERFORM 1 FROM tenancy_unit WHERE id = NEW.unit_id FOR NO KEY UPDATE;
  SELECT value INTO before FROM tenancy_meterreading
   WHERE unit_id = NEW.unit_id AND kind = NEW.kind AND voided_at IS NULL ORDER BY read_at DESC, id DESC LIMIT 1;
  IF coalesce(NEW.old_end, NEW.value) < before THEN
    RAISE EXCEPTION 'meter % of unit % shows less than before', NEW.kind, NEW.unit_id USING ERRCODE = 'check_violation';
  END IF;
  RETURN NEW;
END $$;
CREATE TRIGGER meter_counts_up BEFORE INSERT ON tenancy_meterreading
  FOR EACH ROW EXECUTE FUNCTION tenancy_meter_counts_up();

-- A tariff's figure and month are those that a second person looked at.
CREATE FUNCTION tenancy_tariff_sealed() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  IF TG_OP = 'DELETE' OR (NEW.hub_id, NEW.kind, NEW.version, NEW.won, NEW.from_month, NEW.drafted_by_id)
     IS DISTINCT FROM (OLD.hub_id, OLD.kind, OLD.version, OLD.won, OLD.from_month, OLD.drafted_by_id) THEN
    RAISE EXCEPTION 'a tariff that was looked at is sealed' USING ERRCODE = 'restrict_violation';
  END IF;
  RETURN NEW;
END $$;
CREATE TRIGGER tariff_sealed BEFORE UPDATE OR DELETE ON tenancy_tariff
  FOR EACH ROW WHEN (OLD.status <> 'DRAFT') EXECUTE FUNCTION tenancy_tariff_sealed();

-- A shared cost keeps its figures and its bill; it is set aside once at most. Shares are never touched.
CREATE FUNCTION tenancy_cost_stays() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  IF TG_OP = 'DELETE' OR (OLD.voided_at IS NOT NULL AND NEW.voided_at IS DISTINCT FROM OLD.voided_at)
     OR to_jsonb(NEW) - ARRAY['voided_at', 'voided_by_id', 'scan']
        IS DISTINCT FROM to_jsonb(OLD) - ARRAY['voided_at', 'voided_by_id', 'scan'] THEN
    RAISE EXCEPTION '% of % is forbidden', TG_OP, TG_TABLE_NAME USING ERRCODE = 'restrict_violation';
  END IF;
  RETURN NEW;
END $$;
CREATE TRIGGER cost_stays BEFORE UPDATE OR DELETE ON tenancy_sharedcost
  FOR EACH ROW EXECUTE FUNCTION tenancy_cost_stays();
CREATE TRIGGER cost_share_stays BEFORE UPDATE OR DELETE ON tenancy_costshare
  FOR EACH ROW EXECUTE FUNCTION tenancy_forbid();

-- The shares of a cost are all of it, not a won more or less.
CREATE FUNCTION tenancy_cost_is_shared() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
  which bigint := CASE TG_TABLE_NAME WHEN 'tenancy_sharedcost' THEN (to_jsonb(NEW) ->> 'id')::bigint
                                     ELSE (to_jsonb(NEW) ->> 'cost_id')::bigint END;
BEGIN
  IF EXISTS (SELECT 1 FROM tenancy_sharedcost c LEFT JOIN tenancy_costshare s ON s.cost_id = c.id WHERE c.id = which
              GROUP BY c.id HAVING coalesce(sum(s.amount), 0) <> c.amount OR coalesce(sum(s.area_days), 0) <> c.area_days) THEN
    RAISE EXCEPTION 'shared cost % is not the sum of its shares', which USING ERRCODE = 'check_violation';
  END IF;
  RETURN NULL;
END $$;
CREATE CONSTRAINT TRIGGER cost_is_shared AFTER INSERT ON tenancy_sharedcost
  DEFERRABLE INITIALLY DEFERRED FOR EACH ROW EXECUTE FUNCTION tenancy_cost_is_shared();
CREATE CONSTRAINT TRIGGER cost_is_shared AFTER INSERT ON tenancy_costshare
  DEFERRABLE INITIALLY DEFERRED FOR EACH ROW EXECUTE FUNCTION tenancy_cost_is_shared();

-- A line charges a reading or a share of its own lease, neither of them set aside, by a tariff in force for that meter.
CREATE FUNCTION tenancy_line_is_its_own() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  IF NOT EXISTS (
    SELECT 1 FROM tenancy_invoice i
      LEFT JOIN tenancy_meterreading r ON r.id = NEW.reading_id
      LEFT JOIN tenancy_tariff t ON t.id = NEW.tariff_id
      LEFT JOIN tenancy_costshare s ON s.id = NEW.share_id
      LEFT JOIN tenancy_sharedcost c ON c.id = s.cost_id
      LEFT JOIN tenancy_correction x ON x.id = NEW.correction_id
     WHERE i.id = NEW.invoice_id AND coalesce(r.lease_id, s.lease_id, x.lease_id) = i.lease_id
       AND coalesce(r.voided_at, c.voided_at) IS NULL
       AND (r.id IS NULL OR (r.used IS NOT NULL AND t.kind = r.kind AND t.status = 'IN_FORCE' AND t.from_month <= r.month))) THEN
    RAISE EXCEPTION 'line % charges what is not its lease''s', NEW.id USING ERRCODE = 'check_violation';
  END IF;
  RETURN NEW;
END $$;
CREATE TRIGGER line_is_its_own BEFORE INSERT OR UPDATE ON tenancy_invoiceline FOR EACH ROW
  WHEN (NEW.reading_id IS NOT NULL OR NEW.share_id IS NOT NULL OR NEW.correction_id IS NOT NULL) EXECUTE FUNCTION tenancy_line_is_its_own();

-- What an amendment made dearer was worked out when it came into force.
CREATE TRIGGER correction_stays BEFORE UPDATE OR DELETE ON tenancy_correction
  FOR EACH ROW EXECUTE FUNCTION tenancy_forbid();
