"""The worker's app. Messages nudge; tables hold the work, so a lost broker loses nothing."""

import os

from celery import Celery
from celery.schedules import crontab
from celery.signals import before_task_publish, task_prerun
from django.conf import settings

from hopecare.kernel import logs
from hopecare.kernel.pulse import WorkerPulse

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "hopecare.settings")

SUNDAY_NIGHT = crontab(day_of_week="sun", hour="20", minute="30")
FRIDAYS = crontab(day_of_week="fri", hour="10", minute="0")
MORNINGS = crontab(day_of_week="mon-sat", hour="8", minute="30")

app = Celery("hopecare")
app.conf.update(
    broker_url=settings.BROKER_URL,
    task_ignore_result=True,
    task_acks_late=True,
    task_reject_on_worker_lost=True,
    worker_prefetch_multiplier=1,
    task_default_queue="default",
    timezone="Asia/Seoul",
    broker_connection_retry_on_startup=True,
    broker_transport_options={
        "socket_timeout": 2,
        "socket_connect_timeout": 2,
        "visibility_timeout": 3600,
        # one try: without these a nudge waits six seconds for a broker that is down, and the request with it
        "max_retries": 1,
        "interval_start": 0,
        "interval_step": 0,
        "interval_max": 0,
    },
    task_publish_retry=False,
    worker_hijack_root_logger=False,
    beat_scheduler="hopecare.kernel.pulse:Scheduler",
    beat_schedule={
        "deliver-events": {"task": "kernel.deliver_events", "schedule": 5.0},
        "send-messages": {"task": "messaging.send_due", "schedule": 5.0},
        "partners": {"task": "messaging.tell_partners", "schedule": 15.0},
        "offers": {"task": "volunteers.advance_offers", "schedule": 30.0},
        "week": {"task": "volunteers.match_week", "schedule": 20.0},
        "next-week": {"task": "volunteers.plan_next_week", "schedule": SUNDAY_NIGHT},
        "stand-by": {"task": "volunteers.stand_by", "schedule": FRIDAYS},
        "refill": {"task": "volunteers.refill", "schedule": MORNINGS},
        "promises": {"task": "cases.watch_promises", "schedule": 60.0},
        "signals": {"task": "cases.watch_signals", "schedule": 60.0},
        "old-answers": {"task": "eligibility.forget_answers", "schedule": 3_600.0},
        "rules": {"task": "eligibility.look_at_rules", "schedule": 300.0},
        "benefits": {"task": "cases.run_benefits_again", "schedule": 300.0},
        "what-if": {"task": "cases.reckon_what_if", "schedule": 30.0},
        "call-backs": {"task": "donations.understand", "schedule": 5.0},
        "money": {"task": "donations.move_money", "schedule": 10.0},
        "monthly": {"task": "donations.day", "schedule": 3600.0},
        "seal": {"task": "donations.seal", "schedule": crontab(hour=23, minute=58)},
        "imports": {"task": "cases.take_in", "schedule": 60.0},
        "ownership": {"task": "cases.watch_ownership", "schedule": 300.0},
        "entitlements": {"task": "cases.entitlements", "schedule": crontab(hour="3", minute="40", day_of_week="mon")},
        "nightly": {"task": "cases.nightly", "schedule": crontab(hour="3", minute="10")},
        "old-keys": {"task": "kernel.forget_old_keys", "schedule": 86_400.0},
        "retention": {"task": "privacy.obey_the_file", "schedule": crontab(minute="20", hour="*/6")},
    },
)
for entry in app.conf.beat_schedule.values():
    if isinstance(entry["schedule"], float):  # after an hour without a worker one look is enough, not seven hundred
        entry["options"] = {"expires": 2 * entry["schedule"]}
before_task_publish.connect(logs.send_along)
task_prerun.connect(logs.take_up)
app.autodiscover_tasks()
app.steps["worker"].add(WorkerPulse)
