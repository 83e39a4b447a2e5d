"""The training offer, from LHEO files to the database."""
