"""Admission: by when each request awaits whom, who is told when it is late, refusals and what follows them."""
