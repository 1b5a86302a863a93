-- Meeting rooms: whole quarter hours, and the minutes a company used are those of its bookings.

ALTER TABLE tenancy_booking ADD CONSTRAINT booking_in_quarter_hours
  CHECK (isfinite(lower(period)) AND isfinite(upper(period))
     AND (kind = 'CLEANING' OR (extract(epoch FROM lower(period))::bigint % 900 = 0
                            AND extract(epoch FROM upper(period))::bigint % 900 = 0)));

CREATE FUNCTION tenancy_quota_adds_up(quota bigint) RETURNS void LANGUAGE plpgsql AS $$
BEGIN
  IF EXISTS (SELECT 1 FROM tenancy_quotause q
              WHERE q.id = quota
                AND q.used_minutes <> (SELECT coalesce(sum(b.counted_minutes), 0) FROM tenancy_booking b WHERE b.quota_id = q.id)) THEN
    RAISE EXCEPTION 'quota % is not the sum of its bookings', quota USING ERRCODE = 'check_violation';
  END IF;
END $$;
CREATE FUNCTION tenancy_quota_counts() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  PERFORM tenancy_quota_adds_up(NEW.id);
  RETURN NULL;
END $$;
CREATE FUNCTION tenancy_booking_counts() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  IF TG_OP <> 'INSERT' AND OLD.quota_id IS NOT NULL THEN PERFORM tenancy_quota_adds_up(OLD.quota_id); END IF;
  IF TG_OP <> 'DELETE' AND NEW.quota_id IS NOT NULL THEN PERFORM tenancy_quota_adds_up(NEW.quota_id); END IF;
  RETURN NULL;
END $$;
CREATE CONSTRAINT TRIGGER quota_adds_up AFTER INSERT OR UPDATE ON tenancy_quotause
  DEFERRABLE INITIALLY DEFERRED FOR EACH ROW EXECUTE FUNCTION tenancy_quota_counts();
CREATE CONSTRAINT TRIGGER booking_adds_up AFTER INSERT OR DELETE OR UPDATE OF counted_minutes, quota_id ON tenancy_booking
  DEFERRABLE INITIALLY DEFERRED FOR EACH ROW EXECUTE FUNCTION tenancy_booking_counts();

-- A room is let from the day on which its floor is in service and the unit exists, never before.
CREATE FUNCTION tenancy_room_stands() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  IF EXISTS (SELECT 1 FROM tenancy_unit u JOIN tenancy_floor f ON f.id = u.floor_id
              WHERE u.id = NEW.unit_id AND lower(NEW.period) < greatest(u.from_date, f.from_date)) THEN
    RAISE EXCEPTION 'unit % is not in service on %', NEW.unit_id, lower(NEW.period) USING ERRCODE = 'check_violation';
  END IF;
  RETURN NEW;
END $$;
CREATE TRIGGER room_stands BEFORE INSERT ON tenancy_occupancy
  FOR EACH ROW EXECUTE FUNCTION tenancy_room_stands();

-- Who read a ticket's file stays known.
CREATE TRIGGER reading_stays BEFORE UPDATE OR DELETE ON tenancy_ticketfileaccess
  FOR EACH ROW EXECUTE FUNCTION tenancy_forbid();

-- A photo that shows a point of an inspection shows that of its own lease.
CREATE FUNCTION tenancy_photo_of_its_lease() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  IF NOT EXISTS (
    SELECT 1 FROM tenancy_checklistitem i JOIN tenancy_moveout m ON m.id = i.move_out_id
     WHERE i.id = NEW.item_id AND m.lease_id = NEW.lease_id) THEN
    RAISE EXCEPTION 'a photo shows a point of the inspection of another lease' USING ERRCODE = 'check_violation';
  END IF;
  RETURN NEW;
END $$;
CREATE TRIGGER photo_of_its_lease BEFORE INSERT OR UPDATE OF item_id, lease_id ON tenancy_leasefile
  FOR EACH ROW WHEN (NEW.item_id IS NOT NULL) EXECUTE FUNCTION tenancy_photo_of_its_lease();
