-- A sub-fund's stake in another: a commitment whose partner is a sub-fund.

-- Which sub-fund a partner is never changes, and it is one of the partner's own programme.
CREATE FUNCTION fund_stake_partner_comes() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  IF TG_OP = 'UPDATE' THEN
    RAISE EXCEPTION 'partner % stays the sub-fund it is', NEW.id USING ERRCODE = 'restrict_violation';
  END IF;
  IF NOT EXISTS (SELECT FROM fund_subfund WHERE id = NEW.sub_fund_id AND programme_id = NEW.programme_id) THEN
    RAISE EXCEPTION 'partner % is a sub-fund of another programme', NEW.id
      USING ERRCODE = 'check_violation', CONSTRAINT = 'stake_within_programme';
  END IF;
  RETURN NEW;
END $$;
CREATE TRIGGER stake_partner_comes BEFORE INSERT ON fund_partner FOR EACH ROW
  WHEN (NEW.sub_fund_id IS NOT NULL) EXECUTE FUNCTION fund_stake_partner_comes();
CREATE TRIGGER stake_partner_stays BEFORE UPDATE ON fund_partner FOR EACH ROW
  WHEN (coalesce(OLD.sub_fund_id, NEW.sub_fund_id) IS NOT NULL
        AND (OLD.sub_fund_id, OLD.programme_id) IS DISTINCT FROM (NEW.sub_fund_id, NEW.programme_id))
  EXECUTE FUNCTION fund_stake_partner_comes();

-- No sub-fund holds itself, on no path; programme and currency are one. New stakes of a programme queue on its row, so
-- that each sees the others: two that would close a circle together are not both let in.
CREATE FUNCTION fund_stake_comes() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
  holder record;
  held record;
BEGIN
  SELECT s.id, s.programme_id, s.currency INTO holder
    FROM fund_partner p JOIN fund_subfund s ON s.id = p.sub_fund_id WHERE p.id = NEW.partner_id;
  IF NOT FOUND OR NEW.status = 'WITHDRAWN' THEN
    RETURN NEW;
  END IF;
  PERFORM FROM fund_programme WHERE id = holder.programme_id FOR NO KEY UPDATE;
  SELECT id, programme_id, currency INTO held FROM fund_subfund WHERE id = NEW.sub_fund_id;
  IF (held.programme_id, held.currency) IS DISTINCT FROM (holder.programme_id, holder.currency) THEN
    RAISE EXCEPTION 'a stake of sub-fund % in % of another programme or currency', holder.id, held.id
      USING ERRCODE = 'check_violation', CONSTRAINT = 'stake_within_programme';
  END IF;
  IF EXISTS (
    WITH RECURSIVE below AS (
      SELECT NEW.sub_fund_id AS fund
      UNION
      SELECT c.sub_fund_id FROM below JOIN fund_partner p ON p.sub_fund_id = below.fund
        JOIN fund_commitment c ON c.partner_id = p.id AND c.status <> 'WITHDRAWN' AND c.id <> NEW.id)
    SELECT FROM below WHERE fund = holder.id) THEN
    RAISE EXCEPTION 'sub-fund % would hold itself through %', holder.id, held.id
      USING ERRCODE = 'check_violation', CONSTRAINT = 'no_stake_in_itself';
  END IF;
  RETURN NEW;
END $$;
CREATE TRIGGER stake_comes BEFORE INSERT ON fund_commitment FOR EACH ROW EXECUTE FUNCTION fund_stake_comes();
CREATE TRIGGER stake_moves BEFORE UPDATE ON fund_commitment FOR EACH ROW
  WHEN ((OLD.partner_id, OLD.sub_fund_id) IS DISTINCT FROM (NEW.partner_id, NEW.sub_fund_id)
        OR (OLD.status = 'WITHDRAWN' AND NEW.status <> 'WITHDRAWN'))
  EXECUTE FUNCTION fund_stake_comes();
