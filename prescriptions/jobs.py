"""Jobs and domains by their words: what a search for « maçonnerie » looks for besides the word itself."""

from __future__ import annotations

from collections.abc import Iterable

from pathways.identity import search_key
from prescriptions.models import Job, TrainingDomain

#: Shorter words (« de », « en ») stand in too many labels to say anything.
SHORTEST = 3


def labels(codes: Iterable[str]) -> list[str]:
    """« Maçonnerie (F1703) » for each ROME code, the bare code where the label is not known."""
    codes = list(codes)
    known = {job.code: str(job) for job in Job.objects.filter(code__in=codes)}
    return [known.get(code, code) for code in codes]


def terms(text: str) -> list[list[str]]:
    """For each word of a search, what a session must bear one of, as `search_key__terms` wants it.

    A word of a job's label stands for the code of the job, one of a Formacode domain for every code of the domain.
    """
    words = search_key(text).split()
    telling = [word for word in words if len(word) >= SHORTEST]
    jobs = list(Job.objects.values_list("code", "search_key")) if telling else []
    domains = list(TrainingDomain.objects.values_list("code", "search_key")) if telling else []
    return [[f"'{word}':*", *(_codes(word, jobs, domains) if word in telling else ())] for word in words]


def _codes(word: str, jobs: list[tuple[str, str]], domains: list[tuple[str, str]]) -> list[str]:
    def bears(key: str) -> bool:
        return any(each.startswith(word) for each in key.split())

    return [f"'{code}'" for code, key in jobs if bears(key)] + [
        f"'{code}':*" for code, key in domains if bears(key)
    ]
