"""What is recorded of several requests at once: by the provider of its candidates, by the référent of who waits."""

from pathways.together import offer_together

#: A refusal is told one by one: it has its own reason, explanation and next step (PE, art. 6).
KINDS = ("convene", "attend", "miss", "admit", "waitlist", "register", "enter", "no_show", "remind")

offer_together(*KINDS)
