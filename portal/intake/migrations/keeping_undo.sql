DROP TRIGGER frozen_content ON intake_attachment;
CREATE TRIGGER frozen_content BEFORE UPDATE ON intake_attachment FOR EACH ROW
  WHEN ((OLD.application_id, OLD.block, OLD.name, OLD.size, OLD.content_type, OLD.sha256, OLD.file)
        IS DISTINCT FROM (NEW.application_id, NEW.block, NEW.name, NEW.size, NEW.content_type, NEW.sha256, NEW.file))
  EXECUTE FUNCTION intake_forbid();
DROP TRIGGER frozen ON intake_revision;
CREATE TRIGGER frozen BEFORE UPDATE OR DELETE ON intake_revision FOR EACH ROW EXECUTE FUNCTION intake_forbid();
DROP TRIGGER frozen ON intake_destructionrecord;
DROP TRIGGER frozen ON intake_bonusfinding;
DROP TRIGGER policy_frozen ON intake_bonusitem;
DROP TRIGGER signed_once ON intake_attendance;
DROP TRIGGER kept ON intake_attendance;
DROP FUNCTION intake_attachment_frozen();
DROP FUNCTION intake_revision_frozen();
DROP FUNCTION intake_emptied() CASCADE;
DROP FUNCTION intake_reserve_in_order() CASCADE;
DROP FUNCTION intake_sheet_presence() CASCADE;
