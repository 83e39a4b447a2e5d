"""What a page says, without what can be done on it: a past reading offers nothing to do."""

from lxml import html

#: What acts, or speaks of the reading itself.
LEFT_OUT = (
    "reading",
    "page-head-actions",
    "cell-actions",
    "cell-check",
    "event-actions",
    "bulk-bar",
    "filter-form",
    "btn",
    # What is kept of today alone: documents issued, alerts.
    "of-today",
)
#: Sections that offer something to do.
ACTS = ("agir", "noter")


def words_of(response) -> str:
    """The words of the page's own content, in reading order."""
    main = html.fromstring(response.content.decode()).xpath("//main[@id='contenu']")[0]
    has_class = " or ".join(f"contains(concat(' ', @class, ' '), ' {name} ')" for name in LEFT_OUT)
    acts = " or ".join(f"@aria-labelledby='{name}'" for name in ACTS)
    alerts = "@data-label='Alerte' or self::th[starts-with(normalize-space(), 'Alerte')]"  # of today alone
    for node in main.xpath(f".//*[{has_class} or {acts} or {alerts}]"):
        node.drop_tree()
    # The link to note presences.
    return " ".join(main.text_content().replace("· présences", "").split())
