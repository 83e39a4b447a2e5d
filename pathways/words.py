"""Finding by words: each word typed must begin a word of the key, in any order, by an index.

PostgreSQL as embedded has no trigrams; a text search vector made of the key's own words, unchanged, needs no extension.
The vector is not stored: an index on the expression is enough, and no list reads a column that it does not show.
"""

from __future__ import annotations

from django.db.models import CharField, Func, Lookup

from pathways.identity import search_key


class Words(Func):
    """The words of a search key as a text search vector, for a GIN index."""

    template = "array_to_tsvector(string_to_array(%(expressions)s, ' '))"


@CharField.register_lookup
class HasWords(Lookup):
    """`search_key__words="dup mar"`: the key has a word that begins with DUP and one that begins with MAR.

    Nothing but spaces and punctuation matches every key.
    """

    lookup_name = "words"

    def get_prep_lookup(self) -> str:
        # The key's alphabet is letters and digits: nothing in it has a meaning in a query.
        return " & ".join(f"'{word}':*" for word in search_key(self.rhs).split())

    def as_sql(self, compiler, connection):
        key, params = self.process_lhs(compiler, connection)
        if not self.rhs:
            return "TRUE", []
        return f"array_to_tsvector(string_to_array({key}, ' ')) @@ %s::tsquery", [*params, self.rhs]


@CharField.register_lookup
class HasTerms(HasWords):
    """`search_key__terms=[["'MAC':*", "'F1703'"], ["'AIX':*"]]`: one term of each list, all by the same index.

    Terms are words of a search key, quoted, « :* » behind one that may go on.
    """

    lookup_name = "terms"

    def get_prep_lookup(self) -> str:
        return " & ".join(f"({' | '.join(terms)})" for terms in self.rhs)
