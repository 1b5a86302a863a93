-- An organisation of one person: that person acts for it, as its master, and nobody else ever does.

CREATE FUNCTION accounts_person_acts_alone() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
  whose bigint;
BEGIN
  SELECT person_id INTO whose FROM accounts_organisation WHERE id = NEW.organisation_id;
  IF whose IS NOT NULL AND (NEW.user_id <> whose OR NEW.kind <> 'MASTER') THEN
    RAISE EXCEPTION 'only the person acts for an organisation of one person'
      USING ERRCODE = 'check_violation', CONSTRAINT = 'person_acts_alone';
  END IF;
  RETURN NEW;
END $$;
CREATE TRIGGER person_acts_alone BEFORE INSERT OR UPDATE OF organisation_id, user_id, kind ON accounts_membership
  FOR EACH ROW EXECUTE FUNCTION accounts_person_acts_alone();

CREATE FUNCTION accounts_person_invites_nobody() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  IF EXISTS (SELECT 1 FROM accounts_organisation WHERE id = NEW.organisation_id AND person_id IS NOT NULL) THEN
    RAISE EXCEPTION 'nobody is invited to an organisation of one person'
      USING ERRCODE = 'check_violation', CONSTRAINT = 'person_invites_nobody';
  END IF;
  RETURN NEW;
END $$;
CREATE TRIGGER person_invites_nobody BEFORE INSERT OR UPDATE OF organisation_id ON accounts_invitation
  FOR EACH ROW EXECUTE FUNCTION accounts_person_invites_nobody();

-- Whose it is, is said when the row is made: a company never becomes a person's, nor the other way round.
CREATE FUNCTION accounts_person_stays() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  IF NEW.person_id IS DISTINCT FROM OLD.person_id THEN
    RAISE EXCEPTION 'an organisation stays a company, or of its one person' USING ERRCODE = 'restrict_violation';
  END IF;
  RETURN NEW;
END $$;
CREATE TRIGGER person_stays BEFORE UPDATE OF person_id ON accounts_organisation
  FOR EACH ROW EXECUTE FUNCTION accounts_person_stays();
