-- Rows that never change, and rules over several rows that no CHECK can hold.

CREATE FUNCTION college_forbid() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  RAISE EXCEPTION '% of % is forbidden', TG_OP, TG_TABLE_NAME USING ERRCODE = 'restrict_violation';
END $$;

-- Records of attendance, scores, decisions and frozen months are appended to, never changed.
CREATE TRIGGER event_stays BEFORE UPDATE OR DELETE ON college_attendanceevent
  FOR EACH ROW EXECUTE FUNCTION college_forbid();
CREATE TRIGGER events_stay BEFORE TRUNCATE ON college_attendanceevent EXECUTE FUNCTION college_forbid();
CREATE TRIGGER score_stays BEFORE UPDATE OR DELETE ON college_score
  FOR EACH ROW EXECUTE FUNCTION college_forbid();
CREATE TRIGGER scores_stay BEFORE TRUNCATE ON college_score EXECUTE FUNCTION college_forbid();
CREATE TRIGGER completion_stays BEFORE UPDATE OR DELETE ON college_completion
  FOR EACH ROW EXECUTE FUNCTION college_forbid();
CREATE TRIGGER completions_stay BEFORE TRUNCATE ON college_completion EXECUTE FUNCTION college_forbid();
CREATE TRIGGER expert_month_stays BEFORE UPDATE OR DELETE ON college_expertmonth
  FOR EACH ROW EXECUTE FUNCTION college_forbid();

-- After the seal a record comes only with a correction, and only the lesson's own people are recorded.
CREATE FUNCTION college_event_fits() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
  lesson college_lesson;
  other college_attendanceevent;
BEGIN
  SELECT * INTO lesson FROM college_lesson WHERE id = NEW.lesson_id;
  IF lesson.status = 'SEALED' AND NEW.correction_id IS NULL THEN
    RAISE EXCEPTION 'lesson % is sealed', NEW.lesson_id USING ERRCODE = 'restrict_violation';
  END IF;
  IF lesson.run_id <> (SELECT run_id FROM college_enrolment WHERE id = NEW.enrolment_id) THEN
    RAISE EXCEPTION 'lesson and enrolment are of two runs' USING ERRCODE = 'check_violation';
  END IF;
  IF NEW.voids_id IS NOT NULL THEN
    SELECT * INTO other FROM college_attendanceevent WHERE id = NEW.voids_id;
    IF other.lesson_id <> NEW.lesson_id OR other.enrolment_id <> NEW.enrolment_id THEN
      RAISE EXCEPTION 'a record takes back another of the same person and lesson' USING ERRCODE = 'check_violation';
    END IF;
  END IF;
  RETURN NEW;
END $$;
CREATE TRIGGER event_fits BEFORE INSERT ON college_attendanceevent
  FOR EACH ROW EXECUTE FUNCTION college_event_fits();

-- A published run keeps its rules.
CREATE FUNCTION college_run_frozen() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  IF (NEW.policy, NEW.policy_version, NEW.admission, NEW.course_id, NEW.campus, NEW.number, NEW.fee_won, NEW.opens_at,
      NEW.closes_at, NEW.call_id)
     IS DISTINCT FROM
     (OLD.policy, OLD.policy_version, OLD.admission, OLD.course_id, OLD.campus, OLD.number, OLD.fee_won, OLD.opens_at,
      OLD.closes_at, OLD.call_id) THEN
    RAISE EXCEPTION 'a published run keeps its rules' USING ERRCODE = 'restrict_violation';
  END IF;
  RETURN NEW;
END $$;
CREATE TRIGGER run_frozen BEFORE UPDATE ON college_run
  FOR EACH ROW WHEN (OLD.status <> 'DRAFT') EXECUTE FUNCTION college_run_frozen();

-- Both counters of a run equal its rows, whoever wrote them. Nobody counts the line anew for each who joins it: a
-- transaction notes by how much its rows and the counters moved apart (college.apart, forgotten with it or its savepoint),
-- and may not end before they have met again. The nightly recount looks at the rows themselves.
CREATE FUNCTION college_apart() RETURNS jsonb LANGUAGE sql AS $$
  SELECT coalesce(nullif(current_setting('college.apart', true), ''), '{}')::jsonb
$$;

CREATE FUNCTION college_move_apart(run bigint, seats int, line int) RETURNS void LANGUAGE plpgsql AS $$
DECLARE
  apart jsonb := college_apart();
  before jsonb := coalesce(apart -> run::text, '[0, 0]');
BEGIN
  IF seats <> 0 OR line <> 0 THEN
    apart := apart || jsonb_build_object(run, jsonb_build_array((before ->> 0)::int + seats, (before ->> 1)::int + line));
    PERFORM set_config('college.apart', apart::text, true);
  END IF;
END $$;

CREATE FUNCTION college_seats_moved() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  IF TG_TABLE_NAME = 'college_run' THEN
    IF TG_OP <> 'INSERT' THEN
      PERFORM college_move_apart(OLD.id, -OLD.seats_taken, -OLD.waiting);
    END IF;
    PERFORM college_move_apart(NEW.id, NEW.seats_taken, NEW.waiting);
  ELSIF TG_TABLE_NAME = 'college_seatrequest' THEN
    IF TG_OP <> 'INSERT' THEN
      PERFORM college_move_apart(OLD.run_id, (OLD.status = 'OFFERED')::int, (OLD.status = 'WAITING')::int);
    END IF;
    IF TG_OP <> 'DELETE' THEN
      PERFORM college_move_apart(NEW.run_id, -(NEW.status = 'OFFERED')::int, -(NEW.status = 'WAITING')::int);
    END IF;
  ELSE
    IF TG_OP <> 'INSERT' THEN
      PERFORM college_move_apart(OLD.run_id, OLD.holds_seat::int, 0);
    END IF;
    IF TG_OP <> 'DELETE' THEN
      PERFORM college_move_apart(NEW.run_id, -NEW.holds_seat::int, 0);
    END IF;
  END IF;
  RETURN NULL;
END $$;

CREATE FUNCTION college_seats_agree() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
  apart record;
BEGIN
  FOR apart IN SELECT key AS run, value ->> 0 AS seats, value ->> 1 AS line
                 FROM jsonb_each(college_apart()) WHERE value <> '[0, 0]' LOOP
    RAISE EXCEPTION 'run % counts % seats and % waiting more than its rows', apart.run, apart.seats, apart.line
      USING ERRCODE = 'check_violation', CONSTRAINT = 'seats_agree';
  END LOOP;
  RETURN NULL;
END $$;

CREATE TRIGGER moved_seats_run AFTER UPDATE ON college_run FOR EACH ROW
  WHEN ((OLD.seats_taken, OLD.waiting) IS DISTINCT FROM (NEW.seats_taken, NEW.waiting))
  EXECUTE FUNCTION college_seats_moved();
CREATE CONSTRAINT TRIGGER seats_agree_run AFTER UPDATE ON college_run DEFERRABLE INITIALLY DEFERRED FOR EACH ROW
  WHEN ((OLD.seats_taken, OLD.waiting) IS DISTINCT FROM (NEW.seats_taken, NEW.waiting))
  EXECUTE FUNCTION college_seats_agree();
CREATE TRIGGER moved_seats_new_run AFTER INSERT ON college_run FOR EACH ROW
  WHEN (NEW.seats_taken <> 0 OR NEW.waiting <> 0)
  EXECUTE FUNCTION college_seats_moved();
CREATE CONSTRAINT TRIGGER seats_agree_new_run AFTER INSERT ON college_run DEFERRABLE INITIALLY DEFERRED FOR EACH ROW
  WHEN (NEW.seats_taken <> 0 OR NEW.waiting <> 0)
  EXECUTE FUNCTION college_seats_agree();
CREATE TRIGGER moved_seats_new_request AFTER INSERT ON college_seatrequest FOR EACH ROW
  WHEN (NEW.status IN ('OFFERED', 'WAITING'))
  EXECUTE FUNCTION college_seats_moved();
CREATE CONSTRAINT TRIGGER seats_agree_new_request AFTER INSERT ON college_seatrequest DEFERRABLE INITIALLY DEFERRED FOR EACH ROW
  WHEN (NEW.status IN ('OFFERED', 'WAITING'))
  EXECUTE FUNCTION college_seats_agree();
CREATE TRIGGER moved_seats_request AFTER UPDATE ON college_seatrequest FOR EACH ROW
  WHEN ((OLD.status IS DISTINCT FROM NEW.status OR OLD.run_id <> NEW.run_id)
        AND (OLD.status IN ('OFFERED', 'WAITING') OR NEW.status IN ('OFFERED', 'WAITING')))
  EXECUTE FUNCTION college_seats_moved();
CREATE CONSTRAINT TRIGGER seats_agree_request AFTER UPDATE ON college_seatrequest DEFERRABLE INITIALLY DEFERRED FOR EACH ROW
  WHEN ((OLD.status IS DISTINCT FROM NEW.status OR OLD.run_id <> NEW.run_id)
        AND (OLD.status IN ('OFFERED', 'WAITING') OR NEW.status IN ('OFFERED', 'WAITING')))
  EXECUTE FUNCTION college_seats_agree();
CREATE TRIGGER moved_seats_gone_request AFTER DELETE ON college_seatrequest FOR EACH ROW
  WHEN (OLD.status IN ('OFFERED', 'WAITING'))
  EXECUTE FUNCTION college_seats_moved();
CREATE CONSTRAINT TRIGGER seats_agree_gone_request AFTER DELETE ON college_seatrequest DEFERRABLE INITIALLY DEFERRED FOR EACH ROW
  WHEN (OLD.status IN ('OFFERED', 'WAITING'))
  EXECUTE FUNCTION college_seats_agree();
CREATE TRIGGER moved_seats_new_enrolment AFTER INSERT ON college_enrolment FOR EACH ROW
  WHEN (NEW.holds_seat)
  EXECUTE FUNCTION college_seats_moved();
CREATE CONSTRAINT TRIGGER seats_agree_new_enrolment AFTER INSERT ON college_enrolment DEFERRABLE INITIALLY DEFERRED FOR EACH ROW
  WHEN (NEW.holds_seat)
  EXECUTE FUNCTION college_seats_agree();
CREATE TRIGGER moved_seats_enrolment AFTER UPDATE ON college_enrolment FOR EACH ROW
  WHEN (OLD.holds_seat <> NEW.holds_seat OR OLD.run_id <> NEW.run_id)
  EXECUTE FUNCTION college_seats_moved();
CREATE CONSTRAINT TRIGGER seats_agree_enrolment AFTER UPDATE ON college_enrolment DEFERRABLE INITIALLY DEFERRED FOR EACH ROW
  WHEN (OLD.holds_seat <> NEW.holds_seat OR OLD.run_id <> NEW.run_id)
  EXECUTE FUNCTION college_seats_agree();
CREATE TRIGGER moved_seats_gone_enrolment AFTER DELETE ON college_enrolment FOR EACH ROW
  WHEN (OLD.holds_seat)
  EXECUTE FUNCTION college_seats_moved();
CREATE CONSTRAINT TRIGGER seats_agree_gone_enrolment AFTER DELETE ON college_enrolment DEFERRABLE INITIALLY DEFERRED FOR EACH ROW
  WHEN (OLD.holds_seat)
  EXECUTE FUNCTION college_seats_agree();

-- A certificate rests on a decision that says completed, and what was signed stays as it was signed.
CREATE FUNCTION college_credential_earned() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  IF NOT EXISTS (SELECT 1 FROM college_completion c
                  WHERE c.id = NEW.completion_id AND c.completed AND c.enrolment_id = NEW.enrolment_id) THEN
    RAISE EXCEPTION 'a certificate needs a decision that says completed' USING ERRCODE = 'check_violation';
  END IF;
  RETURN NEW;
END $$;
CREATE TRIGGER credential_earned BEFORE INSERT ON college_credential
  FOR EACH ROW EXECUTE FUNCTION college_credential_earned();

CREATE FUNCTION college_credential_signed() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  IF (NEW.public_id, NEW.number, NEW.enrolment_id, NEW.person_id, NEW.completion_id, NEW.holder, NEW.document,
      NEW.proofs, NEW.digest, NEW.key_id, NEW.list_number, NEW.revocation_index, NEW.suspension_index, NEW.issued_at)
     IS DISTINCT FROM
     (OLD.public_id, OLD.number, OLD.enrolment_id, OLD.person_id, OLD.completion_id, OLD.holder, OLD.document,
      OLD.proofs, OLD.digest, OLD.key_id, OLD.list_number, OLD.revocation_index, OLD.suspension_index, OLD.issued_at)
  THEN
    RAISE EXCEPTION 'a certificate stays as it was signed' USING ERRCODE = 'restrict_violation';
  END IF;
  RETURN NEW;
END $$;
CREATE TRIGGER credential_signed BEFORE UPDATE ON college_credential
  FOR EACH ROW EXECUTE FUNCTION college_credential_signed();
CREATE TRIGGER credential_stays BEFORE DELETE ON college_credential
  FOR EACH ROW EXECUTE FUNCTION college_forbid();

-- What a lottery committed to, and its list once fixed, stay.
CREATE FUNCTION college_draw_sealed() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  IF (NEW.secret, NEW.commitment, NEW.public_name) IS DISTINCT FROM (OLD.secret, OLD.commitment, OLD.public_name)
     OR (OLD.status <> 'SEALED' AND (NEW.ids, NEW.list_root) IS DISTINCT FROM (OLD.ids, OLD.list_root))
     OR (OLD.status = 'DRAWN' AND (NEW.result, NEW.seed, NEW.public_value)
         IS DISTINCT FROM (OLD.result, OLD.seed, OLD.public_value)) THEN
    RAISE EXCEPTION 'a draw is sealed' USING ERRCODE = 'restrict_violation';
  END IF;
  RETURN NEW;
END $$;
CREATE TRIGGER draw_sealed BEFORE UPDATE ON college_draw FOR EACH ROW EXECUTE FUNCTION college_draw_sealed();

-- Nobody joins a lottery whose list is fixed; fixing the list waits for requests under way.
CREATE FUNCTION college_list_open() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
  its text;
BEGIN
  SELECT status INTO its FROM college_draw WHERE run_id = NEW.run_id FOR SHARE;
  IF its <> 'SEALED' THEN
    RAISE EXCEPTION 'the list of this draw is fixed' USING ERRCODE = 'check_violation', CONSTRAINT = 'draw_list_open';
  END IF;
  RETURN NEW;
END $$;
CREATE TRIGGER list_open BEFORE INSERT ON college_seatrequest FOR EACH ROW EXECUTE FUNCTION college_list_open();

-- A place in a waiting room: until the early ones are ordered it has no position; afterwards the database appends it.
-- The order waits for entries under way (FOR UPDATE against FOR KEY SHARE); who then comes reads the window as ordered.
CREATE FUNCTION college_place_given() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
  room college_queuewindow;
  given integer;
BEGIN
  IF NEW.position IS NOT NULL THEN
    RAISE EXCEPTION 'nobody chooses a position' USING ERRCODE = 'check_violation';
  END IF;
  SELECT * INTO room FROM college_queuewindow WHERE id = NEW.window_id FOR KEY SHARE;
  IF NEW.came_at < room.entry_from OR NEW.came_at >= room.ends_at THEN
    RAISE EXCEPTION 'the waiting room is not open' USING ERRCODE = 'check_violation';
  END IF;
  IF room.ordered_at IS NOT NULL THEN
    UPDATE college_queuewindow SET last_position = last_position + 1 WHERE id = NEW.window_id
      RETURNING last_position INTO given;
    UPDATE college_queueplace SET position = given WHERE id = NEW.id;
  END IF;
  RETURN NULL;
END $$;
CREATE TRIGGER place_given AFTER INSERT ON college_queueplace FOR EACH ROW EXECUTE FUNCTION college_place_given();

-- A position never changes once given, and nobody's place is taken away.
CREATE FUNCTION college_place_stays() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  IF (NEW.ref, NEW.window_id, NEW.canonical_id, NEW.came_at) IS DISTINCT FROM
     (OLD.ref, OLD.window_id, OLD.canonical_id, OLD.came_at) OR OLD.position IS NOT NULL THEN
    RAISE EXCEPTION 'a place stays as it was given' USING ERRCODE = 'restrict_violation';
  END IF;
  RETURN NEW;
END $$;
CREATE TRIGGER place_stays BEFORE UPDATE ON college_queueplace FOR EACH ROW EXECUTE FUNCTION college_place_stays();
CREATE TRIGGER place_not_deleted BEFORE DELETE ON college_queueplace FOR EACH ROW EXECUTE FUNCTION college_forbid();
CREATE TRIGGER places_stay BEFORE TRUNCATE ON college_queueplace EXECUTE FUNCTION college_forbid();

CREATE FUNCTION college_window_sealed() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  IF (NEW.public_id, NEW.run_id, NEW.entry_from, NEW.opens_at, NEW.ends_at, NEW.rate_per_s, NEW.secret, NEW.commitment)
     IS DISTINCT FROM
     (OLD.public_id, OLD.run_id, OLD.entry_from, OLD.opens_at, OLD.ends_at, OLD.rate_per_s, OLD.secret, OLD.commitment)
     OR (OLD.ordered_at IS NOT NULL AND (NEW.ordered_at, NEW.list_root) IS DISTINCT FROM (OLD.ordered_at, OLD.list_root))
     OR NEW.last_position < OLD.last_position THEN
    RAISE EXCEPTION 'a waiting room is sealed' USING ERRCODE = 'restrict_violation';
  END IF;
  RETURN NEW;
END $$;
CREATE TRIGGER window_sealed BEFORE UPDATE ON college_queuewindow
  FOR EACH ROW EXECUTE FUNCTION college_window_sealed();

-- Whoever was there at the opening has a position when the opening commits, from 1 on without a gap.
CREATE FUNCTION college_window_ordered() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
  placed record;
BEGIN
  SELECT count(*) AS people, count(position) AS positions, coalesce(max(position), 0) AS highest INTO placed
    FROM college_queueplace WHERE window_id = NEW.id;
  IF placed.people <> placed.positions OR placed.people <> placed.highest THEN
    RAISE EXCEPTION 'the waiting room leaves somebody out' USING ERRCODE = 'check_violation';
  END IF;
  RETURN NULL;
END $$;
CREATE CONSTRAINT TRIGGER window_ordered AFTER UPDATE ON college_queuewindow DEFERRABLE INITIALLY DEFERRED
  FOR EACH ROW WHEN (OLD.ordered_at IS NULL AND NEW.ordered_at IS NOT NULL)
  EXECUTE FUNCTION college_window_ordered();

-- Until a waiting room is over, a request comes from whom its gate has reached, within ten minutes. The same sums as
-- college/waitingroom.py: the gate rises every second, the ten minutes run from the gate or from coming later.
CREATE FUNCTION college_turn_came() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
  room college_queuewindow;
  place college_queueplace;
  reached timestamptz;
BEGIN
  SELECT * INTO room FROM college_queuewindow WHERE run_id = NEW.run_id;
  IF NOT FOUND OR NEW.requested_at >= room.ends_at THEN
    RETURN NEW;
  END IF;
  SELECT * INTO place FROM college_queueplace WHERE window_id = room.id AND canonical_id = NEW.canonical_id;
  reached := room.opens_at + (6 + (place.position - 1) / room.rate_per_s) * interval '1 second';
  IF reached IS NULL OR NEW.requested_at < reached
     OR NEW.requested_at >= greatest(reached, place.came_at) + interval '10 minutes' THEN
    RAISE EXCEPTION 'the waiting room has not let this person in' USING ERRCODE = 'check_violation';
  END IF;
  RETURN NEW;
END $$;
CREATE TRIGGER turn_came BEFORE INSERT ON college_seatrequest FOR EACH ROW EXECUTE FUNCTION college_turn_came();

-- A survey asks the people of its own run; a ticket and an answer stay, and there are as many of the one as of the other.
CREATE FUNCTION college_ticket_fits() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  IF NOT EXISTS (SELECT 1 FROM college_survey s JOIN college_enrolment e ON e.run_id = s.run_id
                 WHERE s.id = NEW.survey_id AND e.id = NEW.enrolment_id AND e.holds_seat) THEN
    RAISE EXCEPTION 'a survey asks the people of its own run' USING ERRCODE = 'check_violation';
  END IF;
  RETURN NEW;
END $$;
CREATE TRIGGER ticket_fits BEFORE INSERT ON college_surveyticket FOR EACH ROW EXECUTE FUNCTION college_ticket_fits();
CREATE TRIGGER ticket_stays BEFORE UPDATE OR DELETE ON college_surveyticket
  FOR EACH ROW EXECUTE FUNCTION college_forbid();
CREATE TRIGGER answer_stays BEFORE UPDATE OR DELETE ON college_surveyanswer
  FOR EACH ROW EXECUTE FUNCTION college_forbid();

CREATE FUNCTION college_answers_counted() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  IF (SELECT count(*) FROM college_surveyticket WHERE survey_id = NEW.survey_id)
     <> (SELECT count(*) FROM college_surveyanswer WHERE survey_id = NEW.survey_id) THEN
    RAISE EXCEPTION 'answers and tickets of a survey differ' USING ERRCODE = 'check_violation';
  END IF;
  RETURN NULL;
END $$;
CREATE CONSTRAINT TRIGGER answers_counted AFTER INSERT ON college_surveyticket DEFERRABLE INITIALLY DEFERRED
  FOR EACH ROW EXECUTE FUNCTION college_answers_counted();
CREATE CONSTRAINT TRIGGER answers_counted AFTER INSERT ON college_surveyanswer DEFERRABLE INITIALLY DEFERRED
  FOR EACH ROW EXECUTE FUNCTION college_answers_counted();

-- A payment is the whole fee of its run and stays; a seat with a fee is somebody's only once it is paid.
CREATE FUNCTION college_payment_whole() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  IF NEW.amount_won <> (SELECT r.fee_won FROM college_enrolment e JOIN college_run r ON r.id = e.run_id
                         WHERE e.id = NEW.enrolment_id) THEN
    RAISE EXCEPTION 'a payment is the whole fee of the run' USING ERRCODE = 'check_violation';
  END IF;
  RETURN NEW;
END $$;
CREATE TRIGGER payment_whole BEFORE INSERT ON college_payment
  FOR EACH ROW EXECUTE FUNCTION college_payment_whole();
CREATE TRIGGER payment_stays BEFORE UPDATE OR DELETE ON college_payment
  FOR EACH ROW EXECUTE FUNCTION college_forbid();

CREATE FUNCTION college_seat_paid() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  IF (SELECT fee_won FROM college_run WHERE id = NEW.run_id) > 0
     AND NOT EXISTS (SELECT 1 FROM college_payment p WHERE p.enrolment_id = NEW.id) THEN
    RAISE EXCEPTION 'the fee of this seat is not paid' USING ERRCODE = 'check_violation';
  END IF;
  RETURN NULL;
END $$;
CREATE CONSTRAINT TRIGGER new_seat_paid AFTER INSERT ON college_enrolment DEFERRABLE INITIALLY DEFERRED
  FOR EACH ROW WHEN (NEW.status = 'ACTIVE') EXECUTE FUNCTION college_seat_paid();
CREATE CONSTRAINT TRIGGER seat_paid AFTER UPDATE ON college_enrolment DEFERRABLE INITIALLY DEFERRED
  FOR EACH ROW WHEN (OLD.status = 'HELD' AND NEW.status = 'ACTIVE') EXECUTE FUNCTION college_seat_paid();

-- Money goes back for a seat that was given up, out of what was paid; what was approved is what is paid.
CREATE FUNCTION college_refund_fits() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
  paid bigint;
  seated boolean;
BEGIN
  SELECT p.amount_won, e.holds_seat INTO paid, seated
    FROM college_payment p JOIN college_enrolment e ON e.id = p.enrolment_id WHERE p.id = NEW.payment_id;
  IF NEW.paid_won <> paid THEN
    RAISE EXCEPTION 'a refund goes by what was paid' USING ERRCODE = 'check_violation';
  END IF;
  IF seated THEN
    RAISE EXCEPTION 'the seat is still held' USING ERRCODE = 'check_violation';
  END IF;
  IF TG_OP = 'UPDATE' AND OLD.status IN ('APPROVED', 'PAID', 'REFUSED')
     AND (NEW.payment_id, NEW.rule, NEW.arithmetic, NEW.share_won, NEW.amount_won, NEW.calculated_by_id,
          NEW.decided_by_id, NEW.caused_at)
         IS DISTINCT FROM
         (OLD.payment_id, OLD.rule, OLD.arithmetic, OLD.share_won, OLD.amount_won, OLD.calculated_by_id,
          OLD.decided_by_id, OLD.caused_at) THEN
    RAISE EXCEPTION 'a refund that was decided stays' USING ERRCODE = 'restrict_violation';
  END IF;
  RETURN NEW;
END $$;
CREATE TRIGGER refund_fits BEFORE INSERT OR UPDATE ON college_refund
  FOR EACH ROW EXECUTE FUNCTION college_refund_fits();
CREATE TRIGGER refund_stays BEFORE DELETE ON college_refund FOR EACH ROW EXECUTE FUNCTION college_forbid();

-- Nobody teaches a course on a day that no approved qualification covers. Taking one back waits for lessons being opened.
CREATE FUNCTION college_qualified(teacher bigint, subject bigint, at timestamptz) RETURNS boolean
LANGUAGE plpgsql AS $$
BEGIN
  PERFORM 1 FROM college_qualification q
    WHERE q.instructor_id = teacher AND q.course_id = subject AND q.status = 'APPROVED'
      AND (at AT TIME ZONE 'Asia/Seoul')::date >= q.valid_from AND (at AT TIME ZONE 'Asia/Seoul')::date < q.valid_to
    FOR SHARE;
  RETURN FOUND;
END $$;

CREATE FUNCTION college_lesson_taught() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
  run record;
BEGIN
  IF TG_OP = 'UPDATE' AND (NEW.status, NEW.instructor_id, NEW.starts_at, NEW.run_id)
     IS NOT DISTINCT FROM (OLD.status, OLD.instructor_id, OLD.starts_at, OLD.run_id) THEN
    RETURN NEW;
  END IF;
  IF NEW.status = 'HELD' AND NEW.instructor_id IS NULL THEN
    RAISE EXCEPTION 'a lesson is held by its instructor'
      USING ERRCODE = 'check_violation', CONSTRAINT = 'instructor_qualified';
  END IF;
  IF NEW.instructor_id IS NULL THEN
    RETURN NEW;
  END IF;
  SELECT status, course_id INTO run FROM college_run WHERE id = NEW.run_id FOR SHARE;
  IF (NEW.status = 'HELD' OR run.status <> 'DRAFT')
     AND NOT college_qualified(NEW.instructor_id, run.course_id, NEW.starts_at) THEN
    RAISE EXCEPTION 'instructor_qualified: the instructor is not qualified for this course on this day'
      USING ERRCODE = 'check_violation', CONSTRAINT = 'instructor_qualified';
  END IF;
  RETURN NEW;
END $$;
CREATE TRIGGER lesson_taught BEFORE INSERT OR UPDATE ON college_lesson
  FOR EACH ROW WHEN (NEW.status IN ('PLANNED', 'HELD')) EXECUTE FUNCTION college_lesson_taught();

CREATE FUNCTION college_run_taught() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  IF EXISTS (SELECT 1 FROM college_lesson l WHERE l.run_id = NEW.id AND l.status = 'PLANNED'
               AND l.instructor_id IS NOT NULL
               AND NOT college_qualified(l.instructor_id, NEW.course_id, l.starts_at)) THEN
    RAISE EXCEPTION 'instructor_qualified: an instructor of this run is not qualified'
      USING ERRCODE = 'check_violation', CONSTRAINT = 'instructor_qualified';
  END IF;
  RETURN NEW;
END $$;
CREATE TRIGGER run_taught BEFORE UPDATE ON college_run
  FOR EACH ROW WHEN (OLD.status = 'DRAFT' AND NEW.status = 'PUBLISHED') EXECUTE FUNCTION college_run_taught();

-- What a qualification says stays; only its state moves.
CREATE FUNCTION college_qualification_stays() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  IF (NEW.instructor_id, NEW.course_id, NEW.evidence, NEW.valid_from, NEW.valid_to, NEW.submitted_by_id)
     IS DISTINCT FROM
     (OLD.instructor_id, OLD.course_id, OLD.evidence, OLD.valid_from, OLD.valid_to, OLD.submitted_by_id) THEN
    RAISE EXCEPTION 'a qualification stays as it was submitted' USING ERRCODE = 'restrict_violation';
  END IF;
  RETURN NEW;
END $$;
CREATE TRIGGER qualification_stays BEFORE UPDATE ON college_qualification
  FOR EACH ROW EXECUTE FUNCTION college_qualification_stays();
CREATE TRIGGER qualification_not_deleted BEFORE DELETE ON college_qualification
  FOR EACH ROW EXECUTE FUNCTION college_forbid();

-- A run selects by a call for courses of its own cluster.
CREATE FUNCTION college_call_fits() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  IF NOT EXISTS (SELECT 1 FROM intake_call k JOIN college_course c ON c.id = NEW.course_id
                  WHERE k.id = NEW.call_id AND k.programme = 'course' AND k.cluster_id = c.cluster_id) THEN
    RAISE EXCEPTION 'a run selects by a call for courses of its cluster'
      USING ERRCODE = 'check_violation', CONSTRAINT = 'run_call_fits';
  END IF;
  RETURN NEW;
END $$;
CREATE TRIGGER call_fits BEFORE INSERT OR UPDATE OF call_id, course_id ON college_run
  FOR EACH ROW WHEN (NEW.call_id IS NOT NULL) EXECUTE FUNCTION college_call_fits();

-- A seat of a selection run goes to the person whose application to the run's own call was selected, and to nobody else;
-- a seat of another run has no application.
CREATE FUNCTION college_request_selected() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
  its record;
BEGIN
  SELECT admission, call_id INTO its FROM college_run WHERE id = NEW.run_id;
  IF (its.admission = 'SELECTION') <> (NEW.application_id IS NOT NULL) THEN
    RAISE EXCEPTION 'seats of selection runs, and only those, come by an application'
      USING ERRCODE = 'check_violation', CONSTRAINT = 'request_by_application';
  END IF;
  IF NEW.application_id IS NOT NULL AND NOT EXISTS (
      SELECT 1 FROM intake_application a
        JOIN accounts_organisation o ON o.id = a.organisation_id
        JOIN college_personaccount p ON p.user_id = o.person_id
       WHERE a.id = NEW.application_id AND a.call_id = its.call_id AND p.person_id = NEW.person_id
         AND a.status IN ('SELECTED', 'FULFILLED')) THEN
    RAISE EXCEPTION 'this person was not selected for this run'
      USING ERRCODE = 'check_violation', CONSTRAINT = 'request_of_selected';
  END IF;
  RETURN NEW;
END $$;
CREATE TRIGGER request_selected BEFORE INSERT OR UPDATE OF run_id, application_id, person_id ON college_seatrequest
  FOR EACH ROW EXECUTE FUNCTION college_request_selected();
