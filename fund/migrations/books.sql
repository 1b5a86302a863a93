-- The books: what no service, no form and no hurried colleague can do to them.

-- Writers queue on the book's row; knowledge only moves forward, so nothing appears at or before a snapshot's instant.
CREATE FUNCTION fund_entry_comes() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
  last timestamptz;
BEGIN
  SELECT last_known_at INTO last FROM fund_book WHERE id = NEW.book_id FOR UPDATE;
  NEW.recorded_at := greatest(NEW.recorded_at, last + interval '1 microsecond');
  IF NEW.recorded_at > clock_timestamp() + interval '1 minute' THEN
    RAISE EXCEPTION 'an entry known at % is in the future', NEW.recorded_at USING ERRCODE = 'check_violation';
  END IF;
  NEW.xact := pg_current_xact_id()::text::bigint;
  UPDATE fund_book SET last_known_at = NEW.recorded_at WHERE id = NEW.book_id;
  RETURN NEW;
END $$;
CREATE TRIGGER entry_comes BEFORE INSERT ON fund_entry FOR EACH ROW EXECUTE FUNCTION fund_entry_comes();

-- A posting joins only an entry of its own transaction, and carries the entry's book and days.
CREATE FUNCTION fund_posting_comes() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
  its record;
BEGIN
  SELECT book_id, effective_date, recorded_at, xact INTO its FROM fund_entry WHERE id = NEW.entry_id;
  IF NOT FOUND OR its.xact <> pg_current_xact_id()::text::bigint THEN
    RAISE EXCEPTION 'entry % is closed', NEW.entry_id USING ERRCODE = 'restrict_violation';
  END IF;
  NEW.book_id := its.book_id;
  NEW.effective_date := its.effective_date;
  NEW.recorded_at := its.recorded_at;
  RETURN NEW;
END $$;
CREATE TRIGGER posting_comes BEFORE INSERT ON fund_posting FOR EACH ROW EXECUTE FUNCTION fund_posting_comes();

-- At the commit an entry has two postings or more, and each currency sums to zero, memo accounts apart.
CREATE FUNCTION fund_check_entry(entry bigint) RETURNS void LANGUAGE plpgsql AS $$
DECLARE
  lines integer;
  lame integer;
  mirrored bigint;
BEGIN
  IF NOT EXISTS (SELECT FROM fund_entry WHERE id = entry) THEN
    RETURN;
  END IF;
  SELECT coalesce(sum(n), 0), count(*) FILTER (WHERE total <> 0) INTO lines, lame
    FROM (SELECT count(*) AS n, sum(amount) AS total FROM fund_posting WHERE entry_id = entry
          GROUP BY currency, account >= 9000) AS sums;
  IF lines < 2 OR lame > 0 THEN
    RAISE EXCEPTION 'entry % does not balance', entry USING ERRCODE = 'check_violation', CONSTRAINT = 'entry_balances';
  END IF;
  SELECT reversal_of_id INTO mirrored FROM fund_entry WHERE id = entry;
  IF mirrored IS NOT NULL AND EXISTS (
    SELECT FROM (
      SELECT account, partner_id, holding_id, currency, amount, 1 AS side FROM fund_posting WHERE entry_id = mirrored
      UNION ALL SELECT account, partner_id, holding_id, currency, -amount, -1 FROM fund_posting WHERE entry_id = entry)
      AS both_sides
    GROUP BY account, partner_id, holding_id, currency, amount HAVING sum(side) <> 0)
  THEN
    RAISE EXCEPTION 'entry % is no mirror of %', entry, mirrored
      USING ERRCODE = 'check_violation', CONSTRAINT = 'reversal_mirrors';
  END IF;
END $$;

CREATE FUNCTION fund_entry_balances() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  PERFORM fund_check_entry(NEW.id);
  RETURN NULL;
END $$;
CREATE CONSTRAINT TRIGGER entry_balances AFTER INSERT OR UPDATE ON fund_entry DEFERRABLE INITIALLY DEFERRED
  FOR EACH ROW EXECUTE FUNCTION fund_entry_balances();

-- A leg moved elsewhere must not leave a lame entry: an update looks at the old and the new one.
CREATE FUNCTION fund_posting_balances() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  IF TG_OP <> 'INSERT' THEN
    PERFORM fund_check_entry(OLD.entry_id);
  END IF;
  IF TG_OP <> 'DELETE' THEN
    PERFORM fund_check_entry(NEW.entry_id);
  END IF;
  RETURN NULL;
END $$;
CREATE CONSTRAINT TRIGGER posting_balances AFTER UPDATE OR DELETE ON fund_posting DEFERRABLE INITIALLY DEFERRED
  FOR EACH ROW EXECUTE FUNCTION fund_posting_balances();

-- There is no edit.
CREATE FUNCTION fund_forbid() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  RAISE EXCEPTION '% of % is forbidden', TG_OP, TG_TABLE_NAME USING ERRCODE = 'restrict_violation';
END $$;
CREATE TRIGGER entry_stays BEFORE UPDATE OR DELETE ON fund_entry FOR EACH ROW EXECUTE FUNCTION fund_forbid();
CREATE TRIGGER posting_stays BEFORE UPDATE OR DELETE ON fund_posting FOR EACH ROW EXECUTE FUNCTION fund_forbid();
CREATE TRIGGER entries_stay BEFORE TRUNCATE ON fund_entry FOR EACH STATEMENT EXECUTE FUNCTION fund_forbid();
CREATE TRIGGER postings_stay BEFORE TRUNCATE ON fund_posting FOR EACH STATEMENT EXECUTE FUNCTION fund_forbid();
CREATE TRIGGER receipt_stays BEFORE UPDATE OR DELETE ON fund_bankreceipt FOR EACH ROW EXECUTE FUNCTION fund_forbid();
CREATE TRIGGER equalisation_stays BEFORE UPDATE OR DELETE ON fund_equalisation FOR EACH ROW EXECUTE FUNCTION fund_forbid();
CREATE TRIGGER release_stays BEFORE UPDATE OR DELETE ON fund_release FOR EACH ROW EXECUTE FUNCTION fund_forbid();

ALTER TABLE fund_entry ENABLE ALWAYS TRIGGER entry_comes, ENABLE ALWAYS TRIGGER entry_balances,
  ENABLE ALWAYS TRIGGER entry_stays, ENABLE ALWAYS TRIGGER entries_stay;
ALTER TABLE fund_posting ENABLE ALWAYS TRIGGER posting_comes, ENABLE ALWAYS TRIGGER posting_balances,
  ENABLE ALWAYS TRIGGER posting_stays, ENABLE ALWAYS TRIGGER postings_stay;

-- Knowledge of a book never moves back.
CREATE FUNCTION fund_book_knows() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  IF NEW.last_known_at < OLD.last_known_at
     OR (NEW.kind, NEW.sub_fund_id, NEW.programme_id) IS DISTINCT FROM (OLD.kind, OLD.sub_fund_id, OLD.programme_id) THEN
    RAISE EXCEPTION 'a book does not forget' USING ERRCODE = 'restrict_violation';
  END IF;
  RETURN NEW;
END $$;
CREATE TRIGGER book_knows BEFORE UPDATE ON fund_book FOR EACH ROW EXECUTE FUNCTION fund_book_knows();

-- What an amount counts for in won, cut to the won: won as it is, another currency at the rate of a close.
CREATE FUNCTION fund_in_won(amount bigint, currency text, rate numeric) RETURNS bigint LANGUAGE sql IMMUTABLE AS $$
  SELECT CASE WHEN currency = 'KRW' THEN amount
    ELSE floor(amount * rate / CASE WHEN currency = 'JPY' THEN 1 ELSE 100 END)::bigint END
$$;

-- A close in another currency carries the rate of its day, one in won none; neither changes, nor then the currency.
CREATE FUNCTION fund_close_comes() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  IF ((SELECT currency FROM fund_subfund WHERE id = NEW.sub_fund_id FOR SHARE) = 'KRW') <> (NEW.rate IS NULL) THEN
    RAISE EXCEPTION 'a close in another currency than won has a rate, one in won has none'
      USING ERRCODE = 'check_violation', CONSTRAINT = 'close_rate_fits_currency';
  END IF;
  RETURN NEW;
END $$;
CREATE TRIGGER close_comes BEFORE INSERT ON fund_close FOR EACH ROW EXECUTE FUNCTION fund_close_comes();
CREATE TRIGGER close_stays BEFORE UPDATE OR DELETE ON fund_close FOR EACH ROW EXECUTE FUNCTION fund_forbid();
CREATE FUNCTION fund_currency_stays() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  IF EXISTS (SELECT FROM fund_close WHERE sub_fund_id = NEW.id) THEN
    RAISE EXCEPTION 'the currency of a sub-fund stays after its first close'
      USING ERRCODE = 'check_violation', CONSTRAINT = 'currency_stays';
  END IF;
  RETURN NEW;
END $$;
CREATE TRIGGER currency_stays BEFORE UPDATE ON fund_subfund FOR EACH ROW
  WHEN (OLD.currency IS DISTINCT FROM NEW.currency) EXECUTE FUNCTION fund_currency_stays();

-- The programme's running sums are those of its commitments in force, so the CHECK on the cap speaks about all of them.
-- What one sub-fund commits to another was committed to the first already and counts once.
CREATE FUNCTION fund_check_programme(programme bigint) RETURNS void LANGUAGE plpgsql AS $$
DECLARE
  kept record;
  counted record;
BEGIN
  SELECT city_committed AS city, total_committed AS total INTO kept FROM fund_programme WHERE id = programme;
  SELECT coalesce(sum(fund_in_won(c.amount - c.released, s.currency, k.rate)) FILTER (WHERE p.role = 'CITY'), 0) AS city,
         coalesce(sum(fund_in_won(c.amount - c.released, s.currency, k.rate)), 0) AS total INTO counted
    FROM fund_commitment c JOIN fund_subfund s ON s.id = c.sub_fund_id JOIN fund_partner p ON p.id = c.partner_id
    JOIN fund_close k ON k.id = c.close_id
   WHERE s.programme_id = programme AND c.status IN ('ACTIVE', 'FULFILLED') AND p.role <> 'SUB_FUND';
  IF (kept.city, kept.total) IS DISTINCT FROM (counted.city, counted.total) THEN
    RAISE EXCEPTION 'programme % counts % of %, its commitments are % of %', programme, kept.city, kept.total,
      counted.city, counted.total USING ERRCODE = 'check_violation', CONSTRAINT = 'programme_counts_commitments';
  END IF;
END $$;
CREATE FUNCTION fund_commitment_counts() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  PERFORM fund_check_programme((SELECT programme_id FROM fund_subfund WHERE id = coalesce(NEW.sub_fund_id, OLD.sub_fund_id)));
  RETURN NULL;
END $$;
CREATE CONSTRAINT TRIGGER commitment_arrives AFTER INSERT OR DELETE ON fund_commitment
  DEFERRABLE INITIALLY DEFERRED FOR EACH ROW EXECUTE FUNCTION fund_commitment_counts();
CREATE CONSTRAINT TRIGGER commitment_counts AFTER UPDATE ON fund_commitment
  DEFERRABLE INITIALLY DEFERRED FOR EACH ROW
  WHEN ((OLD.status, OLD.amount, OLD.released, OLD.sub_fund_id, OLD.partner_id, OLD.close_id)
        IS DISTINCT FROM (NEW.status, NEW.amount, NEW.released, NEW.sub_fund_id, NEW.partner_id, NEW.close_id))
  EXECUTE FUNCTION fund_commitment_counts();
CREATE FUNCTION fund_programme_counts() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  PERFORM fund_check_programme(NEW.id);
  RETURN NULL;
END $$;
CREATE CONSTRAINT TRIGGER programme_counts AFTER INSERT OR UPDATE ON fund_programme
  DEFERRABLE INITIALLY DEFERRED FOR EACH ROW EXECUTE FUNCTION fund_programme_counts();

-- The cap in whole numbers; an open breach of this programme stands in for it.
CREATE FUNCTION fund_breach_is_open() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  IF NEW.city_committed::numeric * 10000 > NEW.cap_bp::numeric * NEW.total_committed AND NOT EXISTS (
    SELECT FROM fund_capbreach WHERE id = NEW.cap_breach_id AND programme_id = NEW.id AND status <> 'CURED') THEN
    RAISE EXCEPTION 'the City holds % of %, above its cap', NEW.city_committed, NEW.total_committed
      USING ERRCODE = 'check_violation', CONSTRAINT = 'fund_city_within_cap';
  END IF;
  RETURN NEW;
END $$;
CREATE TRIGGER breach_is_open BEFORE INSERT OR UPDATE ON fund_programme
  FOR EACH ROW EXECUTE FUNCTION fund_breach_is_open();

-- An agreement is never edited; only the instant at which it stopped being what is known may be set, once.
CREATE FUNCTION fund_agreement_stays() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  IF TG_OP = 'DELETE' OR to_jsonb(NEW) - 'known' IS DISTINCT FROM to_jsonb(OLD) - 'known'
     OR lower(NEW.known) IS DISTINCT FROM lower(OLD.known) OR upper(OLD.known) IS NOT NULL THEN
    RAISE EXCEPTION 'an agreement is never edited' USING ERRCODE = 'restrict_violation';
  END IF;
  RETURN NEW;
END $$;
CREATE TRIGGER agreement_stays BEFORE UPDATE OR DELETE ON fund_agreementversion
  FOR EACH ROW EXECUTE FUNCTION fund_agreement_stays();

CREATE TRIGGER distribution_share_stays BEFORE UPDATE OR DELETE ON fund_distributionshare
  FOR EACH ROW EXECUTE FUNCTION fund_forbid();
