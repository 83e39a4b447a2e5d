"""Every situation a person can be in, how to get there, what may then be recorded: written by hand, not from tables.

A line of SITUATIONS: the facts that lead there with their day (0: identified; the session opens on day 60), then what
the door answers. Facts not named in the answer are refused as `wrong_state`. « kind!code » : refused with that code.
"""

from pathways.enums import Role

PERSON = "contact note examine_aif!aif_unproved merge!merge_page "  # possible for anybody whose file is open
BEFORE = PERSON + "employ record_outcome lose_contact!too_few_attempts "
TRAINING = PERSON + "drop_out leave_for_job "

#: Possible, or refused, for whoever asks for a session: it changes without them.
CHANGED = " postpone keep_place!dates_unchanged cancel_session!session_running"

SITUATIONS = {
    "draft": ("", BEFORE + "submit"),
    "submitted": (
        "submit@2",
        PERSON + "remind convene admit waitlist refuse withdraw" + CHANGED,
    ),
    "convened": (
        "submit@2 convene@10",
        PERSON + "convene attend miss refuse withdraw" + CHANGED,
    ),
    "attended": (
        "submit@2 convene@10 attend@20",
        PERSON + "remind admit waitlist refuse withdraw" + CHANGED,
    ),
    "absent": (
        "submit@2 convene@10 miss@20",
        PERSON + "convene refuse withdraw" + CHANGED,
    ),
    "waitlisted": (
        "submit@2 waitlist@10",
        PERSON + "remind admit offer refuse withdraw" + CHANGED,
    ),
    "offered": (
        "submit@2 waitlist@10 offer@30",
        PERSON + "accept withdraw expire" + CHANGED,
    ),
    "admitted": (
        "submit@2 admit@10",
        PERSON + "register no_show withdraw" + CHANGED,
    ),
    "accepted": (
        "submit@2 waitlist@10 offer@30 accept@31",
        PERSON + "register no_show withdraw" + CHANGED,
    ),
    "registered": (
        "submit@2 admit@10 register@40",
        PERSON + "enter no_show withdraw" + CHANGED,
    ),
    "postponed": (
        "submit@2 admit@10 postpone@20",
        PERSON + "register no_show withdraw postpone keep_place cancel_session!session_running",
    ),
    "refused": ("submit@2 refuse@10", BEFORE),
    "withdrawn": ("submit@2 withdraw@10", BEFORE),
    "expired": ("submit@2 waitlist@10 offer@30 expire@51", BEFORE),
    "no_show": ("submit@2 admit@10 register@40 no_show@60", BEFORE),
    "in_training": ("submit@2 admit@10 register@40 enter@60", TRAINING + "suspend sit_exam complete"),
    "suspended": ("submit@2 admit@10 register@40 enter@60 suspend@65", TRAINING + "resume"),
    "resumed": (
        "submit@2 admit@10 register@40 enter@60 suspend@65 resume@68",
        TRAINING + "suspend sit_exam complete",
    ),
    "in_exam": (
        "submit@2 admit@10 register@40 enter@60 sit_exam@70",
        TRAINING + "exam_passed exam_partial exam_failed exam_absent complete",
    ),
    "exam_passed": (
        "submit@2 admit@10 register@40 enter@60 sit_exam@70 exam_passed@71",
        TRAINING + "complete",
    ),
    "exam_partial": (
        "submit@2 admit@10 register@40 enter@60 sit_exam@70 exam_partial@71",
        TRAINING + "exam_passed exam_partial complete",
    ),
    "exam_failed": (
        "submit@2 admit@10 register@40 enter@60 sit_exam@70 exam_failed@71",
        TRAINING + "exam_passed exam_partial complete",
    ),
    "exam_absent": (
        "submit@2 admit@10 register@40 enter@60 sit_exam@70 exam_absent@70",
        TRAINING + "exam_passed exam_partial exam_failed complete",
    ),
    "completed": ("submit@2 admit@10 register@40 enter@60 complete@72", BEFORE),
    "result_awaited": (
        "submit@2 admit@10 register@40 enter@60 sit_exam@70 complete@72",
        BEFORE + "exam_passed exam_partial exam_failed exam_absent",
    ),
    "dropped_out": ("submit@2 admit@10 register@40 enter@60 drop_out@65", BEFORE),
    "left_for_job": (
        "submit@2 admit@10 register@40 enter@60 leave_for_job@65",
        PERSON + "end_job close employ!job_running record_outcome!job_running",
    ),
    "employed": (
        "submit@2 admit@10 register@40 enter@60 complete@72 employ@73",
        PERSON + "end_job close employ!job_running record_outcome!job_running",
    ),
    "job_ended": (
        "submit@2 admit@10 register@40 enter@60 complete@72 employ@73 end_job@75",
        PERSON + "end_job close employ record_outcome",
    ),
    "other_outcome": (
        "submit@2 admit@10 register@40 enter@60 complete@72 record_outcome@73",
        PERSON + "employ close",
    ),
    "lost_contact": (
        "submit@2 admit@10 register@40 enter@60 complete@72 contact@73 contact@74 contact@75 lose_contact@76",
        PERSON + "employ record_outcome close",
    ),
    "closed": (
        "submit@2 admit@10 register@40 enter@60 complete@72 employ@73 close@74",
        "note reopen merge!merge_page",
    ),
}

DEPARTMENT_SIDE = (
    "submit remind accept keep_place withdraw suspend resume drop_out leave_for_job contact employ end_job "
    "record_outcome lose_contact close reopen note"
)
ROLE_FACTS = {
    Role.REFERENT: DEPARTMENT_SIDE + " examine_aif",
    Role.DEPARTMENT_MANAGER: DEPARTMENT_SIDE + " identify merge",
    Role.PROVIDER: (
        "convene attend miss admit waitlist refuse offer register enter no_show withdraw postpone cancel_session "
        "suspend resume sit_exam exam_passed exam_partial exam_failed exam_absent complete drop_out leave_for_job"
    ),
    Role.ADVISOR: "examine_aif contact employ end_job record_outcome lose_contact note leave_for_job",
    Role.SYSTEM: "identify expire offer postpone cancel_session",
}
#: Roles to whom no person is ever open.
BLIND = (Role.REGION_OFFICER, Role.COMMITTEE_MEMBER, Role.ADMINISTRATOR, Role.DATA_PROTECTION_OFFICER)

#: (situation, fact, role) -> the answer, where a guard looks at who speaks.
BY_ROLE = {("waitlisted", "offer", Role.SYSTEM): "no_seat_given_up"}
#: Facts that rest on the draft, which a provider does not see yet.
UNSEEN_BY_PROVIDER = ("draft",)


def answers(situation: str) -> dict[str, str]:
    """Fact -> « ok » or the code of its refusal, for the facts that are not refused as wrong_state."""
    answer = {}
    for word in SITUATIONS[situation][1].split():
        kind, _, code = word.partition("!")
        answer[kind] = code or "ok"
    return answer
