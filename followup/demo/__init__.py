"""A year of a fictitious cohort, played through the engine's own doors (`manage.py demo`).

territory, organisations, accounts, offer, people: who and what there is. agenda: time. dossier: one person and what is
stated about them. request, training, aftermath, story: what usually happens. live_work: what surely awaits each demo
account today. play: all of it together. Nobody and nothing here exists outside the demo.
"""
