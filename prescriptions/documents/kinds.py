"""The two documents that a training provider issues about a person in a session."""

from django.db import models


class DocumentKind(models.TextChoices):
    AIS = "AIS", "Attestation d'inscription en stage (AIS)"
    AES = "AES", "Attestation d'entrée en stage (AES)"


#: The fact that each document attests.
FACT_OF = {DocumentKind.AIS: "register", DocumentKind.AES: "enter"}
