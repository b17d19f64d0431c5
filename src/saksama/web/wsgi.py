"""The WSGI application granian runs; the office folder is named by `SAKSAMA_OFFICE`."""

import os

from django.core.wsgi import get_wsgi_application

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "saksama.web.settings")
application = get_wsgi_application()
