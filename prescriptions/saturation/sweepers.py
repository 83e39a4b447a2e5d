"""What nobody has to click for: due work of saturation, taken up every minute (notifications.tasks.sweep)."""

from notifications.registry import sweeper
from prescriptions.saturation import absences, opening

sweeper("saturation-escalation")(opening.escalate)
sweeper("saturation-openings")(opening.count_openings)
sweeper("absences")(absences.count_programme)
