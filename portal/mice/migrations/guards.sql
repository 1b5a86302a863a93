-- Rows that never change, and rules over several rows that no CHECK can hold.

CREATE FUNCTION mice_forbid() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  RAISE EXCEPTION '% of % is forbidden', TG_OP, TG_TABLE_NAME USING ERRCODE = 'restrict_violation';
END $$;

-- A calendar that was handed out knows the session for good: it is cancelled, never deleted.
CREATE TRIGGER tour_session_stays BEFORE DELETE ON mice_toursession FOR EACH ROW EXECUTE FUNCTION mice_forbid();
CREATE TRIGGER tour_sessions_stay BEFORE TRUNCATE ON mice_toursession EXECUTE FUNCTION mice_forbid();
CREATE TRIGGER tour_booking_stays BEFORE DELETE ON mice_tourbooking FOR EACH ROW EXECUTE FUNCTION mice_forbid();
CREATE TRIGGER tour_bookings_stay BEFORE TRUNCATE ON mice_tourbooking EXECUTE FUNCTION mice_forbid();

-- Stops and legs of an itinerary from which a session was published stay.
CREATE FUNCTION mice_version_stays() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
  touched bigint[];
BEGIN
  IF TG_TABLE_NAME = 'mice_tourstop' THEN
    touched := CASE TG_OP WHEN 'INSERT' THEN ARRAY[NEW.version_id] WHEN 'DELETE' THEN ARRAY[OLD.version_id]
               ELSE ARRAY[OLD.version_id, NEW.version_id] END;
  ELSE
    SELECT array_agg(version_id) INTO touched FROM mice_tourstop
     WHERE id = ANY (CASE TG_OP WHEN 'INSERT' THEN ARRAY[NEW.start_id] WHEN 'DELETE' THEN ARRAY[OLD.start_id]
                     ELSE ARRAY[OLD.start_id, NEW.start_id] END);
  END IF;
  IF EXISTS (SELECT 1 FROM mice_toursession WHERE version_id = ANY (touched)) THEN
    RAISE EXCEPTION 'an itinerary with sessions stays as it is' USING ERRCODE = 'restrict_violation';
  END IF;
  RETURN COALESCE(NEW, OLD);
END $$;
CREATE TRIGGER stop_stays BEFORE INSERT OR UPDATE OR DELETE ON mice_tourstop
  FOR EACH ROW EXECUTE FUNCTION mice_version_stays();
CREATE TRIGGER leg_stays BEFORE INSERT OR UPDATE OR DELETE ON mice_leg
  FOR EACH ROW EXECUTE FUNCTION mice_version_stays();

-- A session can take what its smallest stop can, and has a leg between each two stops.
CREATE FUNCTION mice_tour_fits() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
  smallest integer;
  stops integer;
BEGIN
  SELECT count(*), min((stop ->> 'capacity')::integer) INTO stops, smallest
    FROM jsonb_array_elements(NEW.itinerary -> 'stops') stop;
  IF stops = 0 OR jsonb_array_length(NEW.itinerary -> 'legs') IS DISTINCT FROM stops - 1 THEN
    RAISE EXCEPTION 'an itinerary has stops and a leg between each two' USING ERRCODE = 'check_violation';
  END IF;
  IF NEW.capacity IS DISTINCT FROM least(NEW.max_people, smallest) THEN
    RAISE EXCEPTION 'the session takes % people, not %', least(NEW.max_people, smallest), NEW.capacity
      USING ERRCODE = 'check_violation';
  END IF;
  RETURN NEW;
END $$;
CREATE TRIGGER tour_fits BEFORE INSERT ON mice_toursession FOR EACH ROW EXECUTE FUNCTION mice_tour_fits();

-- What was published of a session stays, and its name in calendars; every change of time or state raises its sequence.
CREATE FUNCTION mice_tour_frozen() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  IF (NEW.public_id, NEW.version_id, NEW.itinerary, NEW.language, NEW.min_people, NEW.max_people, NEW.capacity)
     IS DISTINCT FROM
     (OLD.public_id, OLD.version_id, OLD.itinerary, OLD.language, OLD.min_people, OLD.max_people, OLD.capacity) THEN
    RAISE EXCEPTION 'a published session keeps its itinerary and its sizes' USING ERRCODE = 'restrict_violation';
  END IF;
  IF NEW.changed_at < OLD.changed_at THEN
    RAISE EXCEPTION 'a session changes forward in time' USING ERRCODE = 'restrict_violation';
  END IF;
  NEW.sequence := OLD.sequence
    + CASE WHEN (NEW.starts_at, NEW.ends_at, NEW.status) IS DISTINCT FROM (OLD.starts_at, OLD.ends_at, OLD.status)
           THEN 1 ELSE 0 END;
  RETURN NEW;
END $$;
CREATE TRIGGER tour_frozen BEFORE UPDATE ON mice_toursession FOR EACH ROW EXECUTE FUNCTION mice_tour_frozen();

-- After its cutoff a confirmed session is a promise and runs; for want of people none is given up before it.
CREATE FUNCTION mice_tour_promised() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  IF OLD.status = 'CONFIRMED' AND NEW.status IN ('OPEN', 'CANCELLED_MIN')
     AND (NEW.status = 'CANCELLED_MIN' OR NEW.changed_at >= OLD.cutoff_at) THEN
    RAISE EXCEPTION 'a confirmed session runs after its cutoff' USING ERRCODE = 'check_violation';
  END IF;
  IF NEW.status = 'CANCELLED_MIN' AND NEW.changed_at < NEW.cutoff_at THEN
    RAISE EXCEPTION 'a session waits for people until its cutoff' USING ERRCODE = 'check_violation';
  END IF;
  RETURN NEW;
END $$;
CREATE TRIGGER tour_promised BEFORE UPDATE OF status ON mice_toursession
  FOR EACH ROW WHEN (OLD.status IS DISTINCT FROM NEW.status) EXECUTE FUNCTION mice_tour_promised();

-- A group's session takes the group alone, and the group comes to no other.
CREATE FUNCTION mice_group_alone() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  IF NEW.group_id IS DISTINCT FROM (SELECT id FROM mice_tourgroup WHERE session_id = NEW.session_id) THEN
    RAISE EXCEPTION 'a group has its session for itself' USING ERRCODE = 'check_violation';
  END IF;
  RETURN NEW;
END $$;
CREATE TRIGGER group_alone BEFORE INSERT ON mice_tourbooking FOR EACH ROW EXECUTE FUNCTION mice_group_alone();

-- A group's wish stays as it was asked, and its session once it has one; the names are emptied.
CREATE FUNCTION mice_group_stays() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  IF (NEW.public_id, NEW.course_id, NEW.party, NEW.asked_at) IS DISTINCT FROM
     (OLD.public_id, OLD.course_id, OLD.party, OLD.asked_at)
     OR OLD.session_id IS NOT NULL AND NEW.session_id IS DISTINCT FROM OLD.session_id THEN
    RAISE EXCEPTION 'a group keeps its wish and its session' USING ERRCODE = 'restrict_violation';
  END IF;
  RETURN NEW;
END $$;
CREATE TRIGGER group_stays BEFORE UPDATE ON mice_tourgroup FOR EACH ROW EXECUTE FUNCTION mice_group_stays();
CREATE TRIGGER group_not_deleted BEFORE DELETE ON mice_tourgroup FOR EACH ROW EXECUTE FUNCTION mice_forbid();

-- A booking's party, session and key stay.
CREATE FUNCTION mice_booking_stays() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  IF (NEW.public_id, NEW.case_ref, NEW.session_id, NEW.allotment_id, NEW.group_id, NEW.party, NEW.requested_at)
     IS DISTINCT FROM
     (OLD.public_id, OLD.case_ref, OLD.session_id, OLD.allotment_id, OLD.group_id, OLD.party, OLD.requested_at) THEN
    RAISE EXCEPTION 'a booking keeps its session and its party' USING ERRCODE = 'restrict_violation';
  END IF;
  RETURN NEW;
END $$;
CREATE TRIGGER booking_stays BEFORE UPDATE ON mice_tourbooking FOR EACH ROW EXECUTE FUNCTION mice_booking_stays();

-- An allotment keeps its places; released it stays released.
CREATE FUNCTION mice_allotment_stays() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  IF (NEW.public_id, NEW.session_id, NEW.places, NEW.code_hash, NEW.release_at)
     IS DISTINCT FROM (OLD.public_id, OLD.session_id, OLD.places, OLD.code_hash, OLD.release_at)
     OR OLD.released_at IS NOT NULL THEN
    RAISE EXCEPTION 'an allotment stays as it was given' USING ERRCODE = 'restrict_violation';
  END IF;
  RETURN NEW;
END $$;
CREATE TRIGGER allotment_stays BEFORE UPDATE ON mice_eventallotment
  FOR EACH ROW EXECUTE FUNCTION mice_allotment_stays();
CREATE TRIGGER allotment_not_deleted BEFORE DELETE ON mice_eventallotment
  FOR EACH ROW EXECUTE FUNCTION mice_forbid();

-- At every commit a session's counter equals the parties that hold places; below the minimum all its bookings wait
-- together, from the minimum on all are confirmed together; a cancelled session holds nobody.
CREATE FUNCTION mice_tour_agrees() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
  touched bigint;
  tour mice_toursession;
  told record;
  allotted record;
BEGIN
  touched := CASE WHEN TG_TABLE_NAME = 'mice_toursession' THEN (to_jsonb(NEW) ->> 'id')::bigint
                  ELSE (to_jsonb(NEW) ->> 'session_id')::bigint END;
  SELECT * INTO tour FROM mice_toursession WHERE id = touched;
  SELECT coalesce(sum(party) FILTER (WHERE status IN ('PENDING', 'CONFIRMED', 'OFFERED', 'CHECKED_IN', 'NO_SHOW')), 0)
           AS held,
         coalesce(sum(party) FILTER (WHERE status IN ('PENDING', 'CONFIRMED')), 0) AS booked,
         count(*) FILTER (WHERE status = 'PENDING') AS pending,
         count(*) FILTER (WHERE status = 'CONFIRMED') AS confirmed,
         count(*) FILTER (WHERE status IN ('PENDING', 'CONFIRMED', 'WAITING', 'OFFERED')) AS live
    INTO told FROM mice_tourbooking WHERE session_id = touched;
  IF tour.taken <> told.held THEN
    RAISE EXCEPTION 'tour session % counts % places, its bookings hold %', tour.id, tour.taken, told.held
      USING ERRCODE = 'check_violation';
  END IF;
  SELECT coalesce(sum(a.places - a.used), 0) AS kept,
         bool_and(a.used = (SELECT coalesce(sum(b.party), 0) FROM mice_tourbooking b
                             WHERE b.allotment_id = a.id
                               AND b.status IN ('PENDING', 'CONFIRMED', 'OFFERED', 'CHECKED_IN', 'NO_SHOW'))) AS agree
    INTO allotted FROM mice_eventallotment a WHERE a.session_id = touched AND a.released_at IS NULL;
  IF tour.reserved <> allotted.kept OR NOT coalesce(allotted.agree, true) THEN
    RAISE EXCEPTION 'tour session % keeps % places, its allotments say %', tour.id, tour.reserved, allotted.kept
      USING ERRCODE = 'check_violation';
  END IF;
  IF tour.status = 'OPEN' AND (told.confirmed > 0 OR told.booked >= tour.min_people)
     OR tour.status IN ('CONFIRMED', 'RUNNING', 'DONE') AND told.pending > 0
     OR to_jsonb(OLD) ->> 'status' = 'OPEN' AND tour.status = 'CONFIRMED' AND told.booked < tour.min_people THEN
    RAISE EXCEPTION 'tour session % is % with % pending, % confirmed and % people', tour.id, tour.status, told.pending,
      told.confirmed, told.booked USING ERRCODE = 'check_violation';
  END IF;
  IF tour.status IN ('CANCELLED', 'CANCELLED_MIN') AND told.live > 0 THEN
    RAISE EXCEPTION 'tour session % is cancelled and holds bookings', tour.id USING ERRCODE = 'check_violation';
  END IF;
  RETURN NULL;
END $$;
CREATE CONSTRAINT TRIGGER tour_agrees_session AFTER INSERT OR UPDATE ON mice_toursession
  DEFERRABLE INITIALLY DEFERRED FOR EACH ROW EXECUTE FUNCTION mice_tour_agrees();
CREATE CONSTRAINT TRIGGER tour_agrees_booking AFTER INSERT OR UPDATE ON mice_tourbooking
  DEFERRABLE INITIALLY DEFERRED FOR EACH ROW EXECUTE FUNCTION mice_tour_agrees();
CREATE CONSTRAINT TRIGGER tour_agrees_allotment AFTER INSERT OR UPDATE ON mice_eventallotment
  DEFERRABLE INITIALLY DEFERRED FOR EACH ROW EXECUTE FUNCTION mice_tour_agrees();
