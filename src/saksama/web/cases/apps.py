"""The Django app of cases. When Django is up, it tells the office where cases are kept."""

from django.apps import AppConfig
from django.db.models.signals import post_migrate


class CasesConfig(AppConfig):
    """Cases, decisions, the outbox."""

    name = "saksama.web.cases"
    label = "cases"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        """Hand the office its store: `people` stand below the pages and cannot import one."""
        from saksama.web.cases.immutability import lay_after_migrate
        from saksama.web.cases.store import DjangoCaseStore
        from saksama.web.people.site import keep_cases_in

        keep_cases_in(DjangoCaseStore)
        post_migrate.connect(lay_after_migrate, sender=self, dispatch_uid="saksama-guards")
