-- Money: what was written stays, and the sums hold at every commit.

CREATE TRIGGER share_stays BEFORE UPDATE OR DELETE ON tenancy_paymentshare
  FOR EACH ROW EXECUTE FUNCTION tenancy_forbid();
CREATE TRIGGER payment_stays BEFORE UPDATE OR DELETE ON tenancy_payment
  FOR EACH ROW EXECUTE FUNCTION tenancy_forbid();
CREATE TRIGGER bank_file_stays BEFORE UPDATE OR DELETE ON tenancy_bankfile
  FOR EACH ROW EXECUTE FUNCTION tenancy_forbid();
CREATE TRIGGER deposit_entry_stays BEFORE UPDATE OR DELETE ON tenancy_depositentry
  FOR EACH ROW EXECUTE FUNCTION tenancy_forbid();
CREATE TRIGGER credit_stays BEFORE UPDATE OR DELETE ON tenancy_creditnote
  FOR EACH ROW WHEN (OLD.approved_by_id IS NOT NULL OR OLD.approved_at IS NOT NULL) EXECUTE FUNCTION tenancy_forbid();

-- Of an issued invoice: total = open + paid + set off from a deposit + credited.
CREATE FUNCTION tenancy_invoice_sums(which bigint) RETURNS void LANGUAGE plpgsql AS $$
DECLARE
  odd record;
BEGIN
  SELECT i.total, i.open_amount,
         coalesce((SELECT sum(amount) FROM tenancy_paymentshare WHERE invoice_id = i.id), 0) AS paid,
         coalesce((SELECT sum(amount) FROM tenancy_depositentry WHERE invoice_id = i.id), 0) AS set_off,
         coalesce((SELECT sum(total) FROM tenancy_creditnote WHERE invoice_id = i.id AND approved_at IS NOT NULL), 0)
           AS credited
    INTO odd FROM tenancy_invoice i WHERE i.id = which;
  IF odd.paid < 0 OR odd.total <> odd.open_amount + odd.paid + odd.set_off + odd.credited THEN
    RAISE EXCEPTION 'invoice % does not add up: % <> % open + % paid + % set off + % credited',
      which, odd.total, odd.open_amount, odd.paid, odd.set_off, odd.credited USING ERRCODE = 'check_violation';
  END IF;
END $$;
CREATE FUNCTION tenancy_invoice_adds_up() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  PERFORM tenancy_invoice_sums(NEW.id);
  RETURN NULL;
END $$;
CREATE FUNCTION tenancy_part_adds_up() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  IF NEW.invoice_id IS NOT NULL THEN
    PERFORM tenancy_invoice_sums(NEW.invoice_id);
  END IF;
  RETURN NULL;
END $$;
CREATE CONSTRAINT TRIGGER invoice_sums AFTER UPDATE OF open_amount, status ON tenancy_invoice
  DEFERRABLE INITIALLY DEFERRED FOR EACH ROW EXECUTE FUNCTION tenancy_invoice_adds_up();
CREATE CONSTRAINT TRIGGER share_sums AFTER INSERT ON tenancy_paymentshare
  DEFERRABLE INITIALLY DEFERRED FOR EACH ROW EXECUTE FUNCTION tenancy_part_adds_up();
CREATE CONSTRAINT TRIGGER credit_sums AFTER INSERT OR UPDATE ON tenancy_creditnote
  DEFERRABLE INITIALLY DEFERRED FOR EACH ROW EXECUTE FUNCTION tenancy_part_adds_up();
CREATE CONSTRAINT TRIGGER set_off_sums AFTER INSERT ON tenancy_depositentry
  DEFERRABLE INITIALLY DEFERRED FOR EACH ROW EXECUTE FUNCTION tenancy_part_adds_up();

-- A payment is shared out at most once, and what came in less what was paid back covers all shares of the company.
CREATE FUNCTION tenancy_payment_covers() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
  company bigint;
  came bigint;
  went bigint;
BEGIN
  IF TG_TABLE_NAME = 'tenancy_paymentshare' THEN
    SELECT p.organisation_id, p.amount, (SELECT coalesce(sum(amount), 0) FROM tenancy_paymentshare WHERE payment_id = p.id)
      INTO company, came, went FROM tenancy_payment p WHERE p.id = NEW.payment_id;
    IF went < 0 OR went > came THEN
      RAISE EXCEPTION 'payment % of % won has shares of %', NEW.payment_id, came, went USING ERRCODE = 'check_violation';
    END IF;
  ELSE
    company := NEW.organisation_id;
  END IF;
  SELECT coalesce(sum(amount), 0) INTO came FROM tenancy_payment WHERE organisation_id = company;
  SELECT coalesce(sum(s.amount), 0) INTO went
    FROM tenancy_paymentshare s JOIN tenancy_payment p ON p.id = s.payment_id WHERE p.organisation_id = company;
  IF went > came THEN
    RAISE EXCEPTION 'company % paid % and % are shared out', company, came, went USING ERRCODE = 'check_violation';
  END IF;
  RETURN NULL;
END $$;
CREATE CONSTRAINT TRIGGER share_covered AFTER INSERT ON tenancy_paymentshare
  DEFERRABLE INITIALLY DEFERRED FOR EACH ROW EXECUTE FUNCTION tenancy_payment_covers();
CREATE CONSTRAINT TRIGGER payment_covers AFTER INSERT ON tenancy_payment
  DEFERRABLE INITIALLY DEFERRED FOR EACH ROW WHEN (NEW.amount < 0) EXECUTE FUNCTION tenancy_payment_covers();

-- The figures of a deposit are the sums of its entries.
CREATE FUNCTION tenancy_deposit_sums(which bigint) RETURNS void LANGUAGE plpgsql AS $$
BEGIN
  IF EXISTS (
    SELECT 1 FROM tenancy_deposit d LEFT JOIN tenancy_depositentry e ON e.deposit_id = d.id WHERE d.id = which
     GROUP BY d.id HAVING
       (d.received_won, d.set_off_won, d.returned_won) IS DISTINCT FROM
       (coalesce(sum(e.amount) FILTER (WHERE e.kind = 'RECEIVED'), 0)::bigint,
        coalesce(sum(e.amount) FILTER (WHERE e.kind IN ('RENT', 'REPAIR')), 0)::bigint,
        coalesce(sum(e.amount) FILTER (WHERE e.kind = 'RETURNED'), 0)::bigint)) THEN
    RAISE EXCEPTION 'deposit % is not the sum of its entries', which USING ERRCODE = 'check_violation';
  END IF;
END $$;
CREATE FUNCTION tenancy_deposit_adds_up() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  PERFORM tenancy_deposit_sums(NEW.id);
  RETURN NULL;
END $$;
CREATE FUNCTION tenancy_entry_adds_up() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  PERFORM tenancy_deposit_sums(NEW.deposit_id);
  RETURN NULL;
END $$;
CREATE CONSTRAINT TRIGGER deposit_sums AFTER INSERT OR UPDATE ON tenancy_deposit
  DEFERRABLE INITIALLY DEFERRED FOR EACH ROW EXECUTE FUNCTION tenancy_deposit_adds_up();
CREATE CONSTRAINT TRIGGER entry_sums AFTER INSERT ON tenancy_depositentry
  DEFERRABLE INITIALLY DEFERRED FOR EACH ROW EXECUTE FUNCTION tenancy_entry_adds_up();

-- An amendment, once shown for signing, keeps its words.
CREATE FUNCTION tenancy_amendment_sealed() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  IF (NEW.lease_id, NEW.kind, NEW.effective_date, NEW.before, NEW.after, NEW.document, NEW.document_hash)
     IS DISTINCT FROM
     (OLD.lease_id, OLD.kind, OLD.effective_date, OLD.before, OLD.after, OLD.document, OLD.document_hash) THEN
    RAISE EXCEPTION 'an amendment shown for signing is sealed' USING ERRCODE = 'restrict_violation';
  END IF;
  RETURN NEW;
END $$;
CREATE TRIGGER amendment_sealed BEFORE UPDATE ON tenancy_amendment
  FOR EACH ROW WHEN (OLD.status <> 'DRAFT') EXECUTE FUNCTION tenancy_amendment_sealed();
