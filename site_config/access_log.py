"""gunicorn's access log, without the secrets of addresses."""

from typing import Any

from gunicorn.glogging import Logger

from site_config.logged_addresses import without_secrets


class AccessLogger(Logger):
    """gunicorn's logger; its access log has no secrets."""

    def atoms(self, resp: Any, req: Any, environ: dict[str, Any], request_time: Any) -> dict[str, Any]:
        """Return what a line of the access log is made of."""
        atoms = super().atoms(resp, req, environ, request_time)
        return {name: without_secrets(value) if isinstance(value, str) else value for name, value in atoms.items()}
