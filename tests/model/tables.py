"""The state tables, copied by hand from docs/states.md: what the model knows of the rules, in plain words.

Nothing here is imported from the product, so that a slip in the product's own tables shows as a difference. A rule is
(sources, target, conditions…); several sources are separated by spaces, target « = » stays, « ? » is decided by the
other requests of the person.
"""

#: Pathway states by the phase of the person's way.
BEFORE = "identified prescribed admitted"
TRAINING = "in_training suspended in_exam"
BETWEEN = "completed dropped_out other_outcome lost_contact"
OPEN = f"{BEFORE} {TRAINING} {BETWEEN} employed"
MOVED_ON = f"identified {TRAINING} {BETWEEN} employed"

ENDS_A_REQUEST = [("prescribed admitted", "?"), (MOVED_ON, "=")]
SEAT_FOUND = [(f"identified prescribed {BETWEEN}", "admitted"), (f"admitted employed {TRAINING}", "=")]

PATHWAY = {
    "identify": [("-", "identified")],
    "submit": [
        (f"identified {BETWEEN}", "prescribed"),
        ("employed", "prescribed", "job_running"),
        (f"prescribed admitted {TRAINING}", "="),
    ],
    "admit": SEAT_FOUND,
    "accept": SEAT_FOUND,
    "refuse": ENDS_A_REQUEST,
    "withdraw": ENDS_A_REQUEST,
    "expire": ENDS_A_REQUEST,
    "no_show": ENDS_A_REQUEST,
    "cancel_session": ENDS_A_REQUEST,
    "enter": [(f"admitted {BETWEEN}", "in_training"), ("employed", "in_training", "job_running")],
    "suspend": [("in_training", "suspended")],
    "resume": [("suspended", "in_training")],
    "sit_exam": [("in_training", "in_exam")],
    "exam_passed": [(OPEN, "=")],
    "exam_partial": [(OPEN, "=")],
    "exam_failed": [(OPEN, "=")],
    "exam_absent": [(OPEN, "=")],
    "complete": [("in_training in_exam", "completed")],
    "drop_out": [(TRAINING, "dropped_out")],
    "leave_for_job": [(TRAINING, "employed")],
    "contact": [(OPEN, "=")],
    "employ": [
        (f"identified {BETWEEN}", "employed", "unknown_contract"),
        ("employed", "=", "job_running", "unknown_contract"),
    ],
    "end_job": [("employed", "=")],
    "record_outcome": [
        ("identified completed dropped_out lost_contact", "other_outcome"),
        ("employed", "other_outcome", "job_running"),
    ],
    "lose_contact": [("identified completed dropped_out", "lost_contact", "too_few_attempts")],
    "close": [("employed other_outcome lost_contact", "closed", "open_request")],
    "reopen": [("closed", "identified")],
    "examine_aif": [(OPEN, "=", "aif_unproved", "aif_sessions_left", "aif_unexplained")],
    "note": [(f"{OPEN} closed", "=")],
}

LIVE = "submitted convened attended absent waitlisted offered admitted registered"

PRESCRIPTION = {
    "submit": [("draft", "submitted", "session_closed", "already_prescribed")],
    "remind": [("submitted attended waitlisted", "=")],
    "convene": [("submitted convened absent", "convened", "convened_before")],
    "attend": [("convened", "attended", "meeting_ahead")],
    "miss": [("convened", "absent", "meeting_ahead")],
    "admit": [
        ("submitted attended waitlisted", "admitted", "capacity_unknown", "session_full", "seats_reserved")
    ],
    "waitlist": [("submitted attended", "waitlisted")],
    "refuse": [("submitted convened attended absent waitlisted", "refused", "next_step_missing")],
    "offer": [
        (
            *("waitlisted", "offered", "capacity_unknown", "session_full"),
            *("seats_reserved", "no_seat_given_up", "offer_expired"),
        )
    ],
    "accept": [("offered", "admitted")],
    "expire": [("offered", "expired")],
    "register": [("admitted", "registered")],
    "enter": [("registered", "entered", "entry_outside_session")],
    "no_show": [("admitted registered", "no_show", "session_ahead")],
    "withdraw": [(LIVE, "withdrawn")],
    "postpone": [(LIVE, "=")],
    "keep_place": [(LIVE, "=", "dates_unchanged")],
    "cancel_session": [(LIVE, "session_cancelled", "session_running")],
}

ENROLMENT = {
    "enter": [("-", "active")],
    "suspend": [("active", "suspended")],
    "resume": [("suspended", "active")],
    "sit_exam": [("active", "=")],
    "complete": [("active", "completed")],
    "drop_out": [("active suspended", "interrupted")],
    "leave_for_job": [("active suspended", "interrupted", "unknown_contract")],
}

EXAM = {
    "sit_exam": [("none", "awaited")],
    "exam_passed": [("awaited partial failed absent", "passed")],
    "exam_partial": [("awaited partial failed absent", "partial", "ccp_missing")],
    "exam_failed": [("awaited absent", "failed")],
    "exam_absent": [("awaited", "absent")],
}

#: Table, and the state before any fact (« - »: there is nothing yet). In the order in which a fact moves them.
TABLES = {
    "prescription": (PRESCRIPTION, "draft"),
    "enrolment": (ENROLMENT, "-"),
    "exam": (EXAM, "none"),
    "pathway": (PATHWAY, "-"),
}


def find(table: dict, kind: str, state: str) -> tuple[str, list[str]] | None:
    """Where a fact leads from a state (« = » resolved), and the conditions asked on the way; None: impossible."""
    for sources, target, *conditions in table.get(kind, ()):
        if state in sources.split():
            return (state if target == "=" else target), conditions
    return None


DEPARTMENT = {"referent", "department_manager"}
FOLLOWERS = DEPARTMENT | {"advisor"}
PROVIDER = {"provider"}

#: Who may state what (column « Qui » of the tables).
ROLES = {
    "identify": {"department_manager", "system"},
    "expire": {"system"},
    "offer": PROVIDER | {"system"},
    "cancel_session": PROVIDER | {"system"},
    "postpone": PROVIDER | {"system"},
    "withdraw": DEPARTMENT | PROVIDER,
    "leave_for_job": FOLLOWERS | PROVIDER,
    "examine_aif": {"referent", "advisor"},
    **dict.fromkeys(("submit", "remind", "accept", "keep_place", "close", "reopen"), DEPARTMENT),
    **dict.fromkeys(("suspend", "resume", "drop_out"), DEPARTMENT | PROVIDER),
    **dict.fromkeys(("contact", "employ", "end_job", "record_outcome", "lose_contact", "note"), FOLLOWERS),
    **dict.fromkeys(("convene", "attend", "miss", "admit", "waitlist", "refuse"), PROVIDER),
    **dict.fromkeys(("register", "enter", "no_show", "sit_exam", "complete"), PROVIDER),
    **dict.fromkeys(("exam_passed", "exam_partial", "exam_failed", "exam_absent"), PROVIDER),
}
KINDS = sorted(ROLES)
#: Facts about one of the person's prescriptions, or the course it led to.
ABOUT_A_REQUEST = {*PRESCRIPTION, *ENROLMENT, *EXAM}

#: The closed lists of reasons, and what else each fact must carry.
REASONS = {
    "refuse": "prerequisites overqualified project not_eligible unavailable absent unreachable mobility"
    " contraindication obstacle full duplicate other",
    "withdraw": "job_found other_training personal changed_project declined_seat mistake other",
    "drop_out": "personal unsuited relations money distance other_training imposed childcare late_pay moved expelled"
    " imprisoned end_of_rights death",
    "contact": "appointment new_project already_supported found_job searches_alone changes_course declines no_answer"
    " message_left wrong_number other",
    "examine_aif": "no_session specific_need relevant_project exception served not_granted",
    "record_outcome": "other_training business_project health family retirement moved not_seeking death other",
}
NOT_REACHED = {"no_answer", "message_left", "wrong_number"}
COMMENTED = {"refuse", "reopen", "note"}
NEEDS = {
    "convene": "convened_for",
    "refuse": "next_step",
    "offer": "expires_on",
    "postpone": "was",
    "exam_partial": "ccp",
    "employ": "contract",
    "examine_aif": "training",
    "leave_for_job": "contract",
}
NEXT_STEPS = ["other_session", "other_training", "upgrade", "project_work", "meet_referent", "later"]
CONTRACTS = {
    *(
        "cdi",
        "cdi_inclusion",
        "cdd_long",
        "cdd_short",
        "cdd_usage",
        "temporary_long",
        "temporary_short",
        "cddi",
    ),
    *("cdd_tremplin", "apprenticeship", "professionalisation", "pec", "self_employed", "civil_service"),
}
ATTEMPTS_BEFORE_LOST = 3

#: Days in a state before it is a blockage (domain.md, B13).
DELAYS = {
    "identified": 21,
    "prescribed": 14,
    "admitted": 45,
    "suspended": 30,
    "in_exam": 15,
    "completed": 15,
    "dropped_out": 15,
    "lost_contact": 90,
}

#: Prescriptions that hold a seat of their session; those that ask for one, or hold one without having entered.
SEATED = {"offered", "admitted", "registered", "entered"}
WAITING = {"submitted", "convened", "attended", "absent", "waitlisted", "offered"}
EXPECTED = {"admitted", "registered"}

#: Column of a prescription, a course or an exam <- what the fact says of it.
DATES = {
    ("prescription", "submitted_on"): {"submit"},
    ("prescription", "attended_on"): {"attend"},
    ("prescription", "decided_on"): {"admit", "waitlist", "refuse", "accept"},
    ("prescription", "waitlisted_on"): {"waitlist"},
    ("prescription", "registered_on"): {"register"},
    ("prescription", "entered_on"): {"enter"},
    ("prescription", "ended_on"): {"refuse", "expire", "no_show", "withdraw", "cancel_session"},
    ("enrolment", "entered_on"): {"enter"},
    ("enrolment", "exit_on"): {"complete", "drop_out", "leave_for_job"},
    ("exam", "exam_on"): {"sit_exam"},
    ("exam", "exam_result_on"): {"exam_passed", "exam_partial", "exam_failed", "exam_absent"},
}

#: Every column of a prescription and of a course that facts set.
COLUMNS = {
    "prescription": [
        *("submitted_on", "convened_for", "attended_on", "decided_on", "waitlisted_on", "offer_expires_on"),
        *("offer_expires_at", "registered_on", "entered_on", "ended_on", "postponed_from"),
        *("refusal_reason", "refusal_explanation", "next_step", "withdrawal_reason"),
    ],
    "enrolment": ["entered_on", "exit_on", "exit_cause", "exam_on", "exam_result_on", "exam_ccp"],
}

JOBS = {"employ", "leave_for_job"}
#: Facts after which calls without an answer are counted anew.
ATTEMPTS_RESET = {"enter", "complete", "drop_out", "leave_for_job"}
#: Facts that say what became of a leaver, whom nobody needs to contact any more.
OUTCOME_KNOWN = {"employ", "record_outcome", "lose_contact", "close", "leave_for_job", "enter"}

#: Hours to accept an offer, and near the opening (days before it); hours below which nothing is offered any more.
OFFER_HOURS, NEAR_DAYS, OFFER_HOURS_NEAR, LEAST_HOURS = 48, 7, 24, 4
