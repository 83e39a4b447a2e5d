"""Two files of one person: found, compared, joined by one event, and set apart again with nothing lost."""
