-- The committee and what is held: what no service, no form and no hurried colleague can do to them.

-- A ballot is cast by a seat without a conflict, in the present round of an open motion. The seat's row is held, so
-- that a recusal in the same second waits and then voids it.
CREATE FUNCTION fund_ballot_comes() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
  its record;
BEGIN
  SELECT s.status AS seat, m.status AS motion, m.round INTO its
    FROM fund_seat s JOIN fund_motion m ON m.id = s.motion_id WHERE s.id = NEW.seat_id FOR SHARE;
  IF its.seat <> 'CLEAR' THEN
    RAISE EXCEPTION 'seat % may not vote', NEW.seat_id
      USING ERRCODE = 'check_violation', CONSTRAINT = 'no_ballot_of_the_recused';
  END IF;
  IF its.motion <> 'OPEN' OR its.round <> NEW.round OR NEW.voided_at IS NOT NULL THEN
    RAISE EXCEPTION 'the motion of seat % takes no such ballot', NEW.seat_id
      USING ERRCODE = 'check_violation', CONSTRAINT = 'ballot_of_an_open_round';
  END IF;
  RETURN NEW;
END $$;
CREATE TRIGGER ballot_comes BEFORE INSERT ON fund_ballot FOR EACH ROW EXECUTE FUNCTION fund_ballot_comes();

-- It never changes; a recusal voids it, once.
CREATE FUNCTION fund_ballot_stays() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  IF TG_OP = 'DELETE' OR OLD.voided_at IS NOT NULL OR NEW.voided_at IS NULL
     OR to_jsonb(NEW) - 'voided_at' IS DISTINCT FROM to_jsonb(OLD) - 'voided_at'
     OR NOT EXISTS (SELECT FROM fund_seat WHERE id = NEW.seat_id AND status = 'RECUSED') THEN
    RAISE EXCEPTION 'a ballot stays as it was cast' USING ERRCODE = 'restrict_violation';
  END IF;
  RETURN NEW;
END $$;
CREATE TRIGGER ballot_stays BEFORE UPDATE OR DELETE ON fund_ballot FOR EACH ROW EXECUTE FUNCTION fund_ballot_stays();

-- A statement is not taken back, and none is made about a motion that was decided.
CREATE FUNCTION fund_seat_states() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  IF OLD.status = 'RECUSED' OR NEW.status = 'PENDING'
     OR (NEW.motion_id, NEW.member_id) IS DISTINCT FROM (OLD.motion_id, OLD.member_id)
     OR EXISTS (SELECT FROM fund_motion WHERE id = NEW.motion_id AND status IN ('CARRIED', 'REJECTED')) THEN
    RAISE EXCEPTION 'a statement about conflicts stays' USING ERRCODE = 'restrict_violation';
  END IF;
  RETURN NEW;
END $$;
CREATE TRIGGER seat_states BEFORE UPDATE ON fund_seat FOR EACH ROW EXECUTE FUNCTION fund_seat_states();

CREATE FUNCTION fund_recusal_voids() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  IF EXISTS (SELECT FROM fund_ballot WHERE seat_id = NEW.id AND voided_at IS NULL) THEN
    RAISE EXCEPTION 'seat % is recused and its ballot counts', NEW.id
      USING ERRCODE = 'check_violation', CONSTRAINT = 'recusal_voids_the_ballot';
  END IF;
  RETURN NULL;
END $$;
CREATE CONSTRAINT TRIGGER recusal_voids AFTER UPDATE ON fund_seat DEFERRABLE INITIALLY DEFERRED
  FOR EACH ROW WHEN (NEW.status = 'RECUSED') EXECUTE FUNCTION fund_recusal_voids();

-- A motion opens when everybody has stated, and is decided by the votes of those left; its paper is what was tabled.
CREATE FUNCTION fund_motion_decides() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
  tally record;
  carried boolean;
BEGIN
  IF to_jsonb(NEW) - '{status,round,decided_by_id,decided_at}'::text[]
     IS DISTINCT FROM to_jsonb(OLD) - '{status,round,decided_by_id,decided_at}'::text[]
     OR OLD.status IN ('CARRIED', 'REJECTED') THEN
    RAISE EXCEPTION 'motion % stays as it was tabled', NEW.id USING ERRCODE = 'restrict_violation';
  END IF;
  IF NEW.status = 'OPEN' AND EXISTS (SELECT FROM fund_seat WHERE motion_id = NEW.id AND status = 'PENDING') THEN
    RAISE EXCEPTION 'motion % waits for statements', NEW.id
      USING ERRCODE = 'check_violation', CONSTRAINT = 'motion_opens_after_statements';
  END IF;
  IF NEW.status NOT IN ('CARRIED', 'REJECTED') THEN
    RETURN NEW;
  END IF;
  SELECT count(*) AS left_over, count(b.id) AS cast_now, count(b.id) FILTER (WHERE b.vote = 'FOR') AS in_favour INTO tally
    FROM fund_seat s LEFT JOIN fund_ballot b ON b.seat_id = s.id AND b.round = NEW.round AND b.voided_at IS NULL
   WHERE s.motion_id = NEW.id AND s.status = 'CLEAR';
  carried := tally.in_favour * 10000 > NEW.pass_bp * tally.cast_now;
  IF tally.left_over < NEW.least OR tally.cast_now * 10000 <= NEW.quorum_bp * tally.left_over
     OR carried <> (NEW.status = 'CARRIED') THEN
    RAISE EXCEPTION 'motion % is not % by % of % votes of % members', NEW.id, NEW.status, tally.in_favour,
      tally.cast_now, tally.left_over USING ERRCODE = 'check_violation', CONSTRAINT = 'motion_follows_its_votes';
  END IF;
  RETURN NEW;
END $$;
CREATE TRIGGER motion_decides BEFORE UPDATE ON fund_motion FOR EACH ROW EXECUTE FUNCTION fund_motion_decides();

-- A deal is approved by a motion that was carried, and from the committee on it is what the committee saw.
CREATE FUNCTION fund_deal_follows() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  IF NEW.status IN ('APPROVED', 'CONTRACTED', 'FUNDED')
     AND NOT EXISTS (SELECT FROM fund_motion WHERE id = NEW.motion_id AND status = 'CARRIED') THEN
    RAISE EXCEPTION 'deal % has no carried motion', NEW.id
      USING ERRCODE = 'check_violation', CONSTRAINT = 'deal_follows_its_motion';
  END IF;
  IF OLD.motion_id IS NOT NULL AND to_jsonb(NEW) - '{status,approved_by_id,funded_date}'::text[]
     IS DISTINCT FROM to_jsonb(OLD) - '{status,approved_by_id,funded_date}'::text[] THEN
    RAISE EXCEPTION 'deal % stays as the committee saw it', NEW.id USING ERRCODE = 'restrict_violation';
  END IF;
  RETURN NEW;
END $$;
CREATE TRIGGER deal_follows BEFORE UPDATE ON fund_deal FOR EACH ROW EXECUTE FUNCTION fund_deal_follows();

-- A lot is the sum of what happened to it; a holding costs in the books what its lots cost; a conversion conserves cost.
CREATE FUNCTION fund_check_lot(lot bigint) RETURNS void LANGUAGE plpgsql AS $$
BEGIN
  IF EXISTS (
    SELECT FROM fund_lot l LEFT JOIN LATERAL (
      SELECT coalesce(sum(units), 0) AS units, coalesce(sum(cost), 0) AS cost FROM fund_securityevent WHERE lot_id = l.id
    ) e ON true WHERE l.id = lot AND (l.units, l.cost) IS DISTINCT FROM (e.units, e.cost)) THEN
    RAISE EXCEPTION 'lot % is not what happened to it', lot
      USING ERRCODE = 'check_violation', CONSTRAINT = 'lot_sums_its_events';
  END IF;
  PERFORM fund_check_holding((SELECT holding_id FROM fund_lot WHERE id = lot));
END $$;
CREATE FUNCTION fund_check_holding(holding bigint) RETURNS void LANGUAGE plpgsql AS $$
DECLARE
  lots numeric;
  books numeric;
BEGIN
  SELECT coalesce(sum(cost), 0) INTO lots FROM fund_lot WHERE holding_id = holding;
  SELECT coalesce(sum(amount), 0) INTO books FROM fund_posting WHERE holding_id = holding AND account = 1300;
  IF lots <> books THEN
    RAISE EXCEPTION 'holding % costs % in its lots, % in the books', holding, lots, books
      USING ERRCODE = 'check_violation', CONSTRAINT = 'holding_costs_what_is_booked';
  END IF;
END $$;
CREATE FUNCTION fund_lot_counts() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  PERFORM fund_check_lot(NEW.id);
  RETURN NULL;
END $$;
CREATE CONSTRAINT TRIGGER lot_counts AFTER INSERT OR UPDATE ON fund_lot DEFERRABLE INITIALLY DEFERRED
  FOR EACH ROW EXECUTE FUNCTION fund_lot_counts();
CREATE FUNCTION fund_security_counts() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  PERFORM fund_check_lot(NEW.lot_id);
  IF NEW.kind = 'CONVERT' AND (SELECT sum(cost) FROM fund_securityevent WHERE event = NEW.event AND kind = 'CONVERT') <> 0
  THEN
    RAISE EXCEPTION 'conversion % loses or makes money', NEW.event
      USING ERRCODE = 'check_violation', CONSTRAINT = 'conversion_carries_its_cost';
  END IF;
  RETURN NULL;
END $$;
CREATE CONSTRAINT TRIGGER security_counts AFTER INSERT ON fund_securityevent DEFERRABLE INITIALLY DEFERRED
  FOR EACH ROW EXECUTE FUNCTION fund_security_counts();
CREATE FUNCTION fund_cost_is_held() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  IF NEW.holding_id IS NOT NULL THEN
    PERFORM fund_check_holding(NEW.holding_id);
  ELSIF EXISTS (SELECT FROM fund_book WHERE id = NEW.book_id AND kind = 'SUB_FUND') THEN
    RAISE EXCEPTION 'posting % is the cost of no holding', NEW.id
      USING ERRCODE = 'check_violation', CONSTRAINT = 'cost_names_its_holding';
  END IF;
  RETURN NULL;
END $$;
CREATE CONSTRAINT TRIGGER cost_is_held AFTER INSERT ON fund_posting DEFERRABLE INITIALLY DEFERRED
  FOR EACH ROW WHEN (NEW.account = 1300) EXECUTE FUNCTION fund_cost_is_held();
CREATE TRIGGER security_event_stays BEFORE UPDATE OR DELETE ON fund_securityevent
  FOR EACH ROW EXECUTE FUNCTION fund_forbid();
