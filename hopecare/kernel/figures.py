"""What the kernel itself tells on /metrics; imported by the app config."""

from hopecare.kernel.health import register_figure
from hopecare.kernel.models import Delivery


def events_waiting() -> float:
    return Delivery.objects.filter(delivered_at=None).count()


register_figure("hopecare_events_waiting", "deliveries of events that are still to be made", events_waiting)
