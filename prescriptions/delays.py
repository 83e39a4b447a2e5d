"""How many calendar days each step of an admission may take.

Proposals (domain.md B13), not law: parameters in one place, each with the event that it counts from.
"""

#: A request without an answer: a reminder after the first, an alert after the second.
ANSWER = 7
ANSWER_ALERT = 14
#: After an information session, to say who came.
PRESENCE = 2
#: Before the opening, to send the AIS of those admitted.
AIS_BEFORE_OPENING = 5
#: How long before its due day the AIS enters the pile.
AIS_NOTICE = 10
#: After the opening, to send the AES or say who did not come.
AES = 2
#: After a refusal, a lapsed offer or a cancelled session, to find something else.
NEXT_STEP = 7
#: After a no-show, to reach the person.
NO_SHOW = 2
