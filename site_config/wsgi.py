"""The WSGI application that gunicorn serves."""

import os

from django.core.wsgi import get_wsgi_application

from site_config.env import load_dotenv

load_dotenv()
os.environ.setdefault("DJANGO_SETTINGS_MODULE", "site_config.settings.production")
application = get_wsgi_application()
