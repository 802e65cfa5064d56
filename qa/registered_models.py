"""Registry of models that lower rooms need: whoever defines one registers it, so that no import runs back up.

What renders an answer looks up the questions that it links to, and the column shows what is said once for the whole
site; the classes themselves are defined above (``qa.models``, ``home.models``).
"""

from typing import Any

from django.core.exceptions import ImproperlyConfigured
from django.db.models import Model


class RegisteredModel:
    """A model class that is known by its purpose until the room that defines it is loaded."""

    def __init__(self, purpose: str) -> None:
        self._purpose = purpose
        self._model: Any = None

    def register(self, model: type[Model]) -> type[Model]:
        """Take ``model`` for this purpose; to be used as a decorator of its class."""
        self._model = model
        return model

    @property
    def model(self) -> Any:
        """The class; raises ``ImproperlyConfigured`` while no installed app has registered one."""
        if self._model is None:
            raise ImproperlyConfigured(f"No installed app has registered {self._purpose}.")
        return self._model


#: What a letter becomes: pages with ``letter_id``, whose manager is a ``QuestionPageQuerySet``.
question_page = RegisteredModel("the page of a question")
#: What is said once for the whole site: a setting with ``brand_name``, ``tagline`` and ``expert``.
site_settings = RegisteredModel("the site settings")
