"""Schemes that pay for training (PRF, AFC, AIF…) and the rules that say who may use them (domain.md A21).

Which schemes exist, from when, which rules they apply with which parameters is data (`prescriptions.models.schemes`);
what a rule means is code, one named object per rule (`person_rules`, `offer_rules`, `amount_rules`). A verdict
informs, it never blocks: « alerter, jamais décider » (domain.md, C).
"""
