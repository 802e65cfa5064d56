"""Labels of actions in the site's history."""

from wagtail.log_actions import LogActionRegistry


def label_every_action() -> None:
    """Let the history be exported with actions that no installed package registers any more: by their own names.

    Wagtail's export of the whole site's history ends in the middle at the first of them (``KeyError``).
    """
    stock = LogActionRegistry.get_action_label

    def get_action_label(self: LogActionRegistry, action: str) -> str:
        return stock(self, action) if self.action_exists(action) else action

    LogActionRegistry.get_action_label = get_action_label
