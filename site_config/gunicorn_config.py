"""Configuration of gunicorn: `gunicorn -c site_config/gunicorn_config.py`."""

from site_config import env

env.load_dotenv()

bind = f"{env.text('HOST', '127.0.0.1')}:{env.integer('PORT', 8000, minimum=1)}"
workers = env.integer("WEB_CONCURRENCY", 2, minimum=1)
worker_class = "gthread"
threads = env.integer("WEB_THREADS", 4, minimum=1)
timeout = 30  # seconds; a request that takes longer is stuck
graceful_timeout = 20  # seconds that a request in flight is given at a restart
max_requests = 2000  # a leak anywhere is bounded
max_requests_jitter = 200
# gunicorn 27 would open a socket in the home directory, which a read-only container does not have.
control_socket_disable = True
accesslog = "-" if env.boolean("ACCESS_LOG") else None
