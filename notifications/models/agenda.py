"""The secret address of a person's calendar feed."""

import hashlib

from django.conf import settings
from django.db import models
from django.db.models import Q

from config import clock


class FeedAddressQuerySet(models.QuerySet):
    def standing(self):
        return self.filter(revoked_at=None)

    def of_token(self, token: str):
        """The address that a token opens, unless it has been revoked."""
        return self.standing().filter(token_hash=FeedAddress.hash_of(token))


class FeedAddress(models.Model):
    """Only the hash of the secret is kept: whoever reads the database cannot read the calendars."""

    user = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="+", verbose_name="personne"
    )
    token_hash = models.CharField("empreinte", max_length=64, unique=True)
    created_at = models.DateTimeField("créée le", default=clock.now)
    revoked_at = models.DateTimeField("retirée le", null=True)

    objects = FeedAddressQuerySet.as_manager()

    class Meta:
        verbose_name = "adresse d'agenda"
        verbose_name_plural = "adresses d'agenda"
        ordering = ["pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["user"], condition=Q(revoked_at=None), name="feed_address_one_per_person"
            )
        ]

    def __str__(self):
        return f"{self.user}, {self.created_at:%d/%m/%Y}"

    @staticmethod
    def hash_of(token: str) -> str:
        return hashlib.sha256(token.encode()).hexdigest()
