-- The ledger's database roles, made once by an administrator. Running it again changes nothing.
-- Logins are members of them: web in ledger_writer; worker in ledger_writer and ledger_sequencer; signer in ledger_signer.
-- No process that runs all day is a member of ledger_eraser: people's data are erased through the function ledger_erase,
-- which ledger_writer may call and which only destroys a whole key together with its leaf. The role is for the login of
-- `manage.py ledger_rotate_key kek`, which wraps keys again.
-- The login that runs migrations must be a member of all five (on one machine: one login for everything).
DO $$ DECLARE role text; BEGIN
  FOREACH role IN ARRAY ARRAY['ledger_owner', 'ledger_writer', 'ledger_sequencer', 'ledger_signer', 'ledger_eraser'] LOOP
    BEGIN
      IF NOT EXISTS (SELECT FROM pg_roles WHERE rolname = role) THEN EXECUTE format('CREATE ROLE %I NOLOGIN', role); END IF;
    EXCEPTION WHEN duplicate_object OR unique_violation THEN
      NULL;  -- another database of the same cluster made it at the same moment
    END;
  END LOOP;
END $$;
