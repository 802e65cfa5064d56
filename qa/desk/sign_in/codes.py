"""Rule of codes: which of them opens, and how often one may try."""

import logging
import re

from django.contrib.auth.models import AbstractBaseUser
from django.db import transaction
from django.http import HttpRequest

from qa.desk.sign_in.throttling import SECOND_STEP, count_mistake, forget_mistakes
from qa.models import AuthenticatorApp, RecoveryCodes, Way

logger = logging.getLogger(__name__)


def way_of_code(request: HttpRequest, user: AbstractBaseUser, code: str) -> Way | None:
    """Return what a code was, which is good no more from then on; nothing if it is wrong, which is counted.

    Two requests with the same code at the same time wait for each other: one of them gets in.
    """
    door = f"{SECOND_STEP}{user.get_username()}"
    digits = re.sub(r"[\s-]", "", code)
    is_of_app = re.fullmatch(r"[0-9]{6}", digits) is not None
    model = AuthenticatorApp if is_of_app else RecoveryCodes
    with transaction.atomic():
        device = model.objects.select_for_update().filter(user_id=user.pk, confirmed=True).first()
        is_right = device is not None and _fits(device, digits)
    if not is_right:
        count_mistake(request, door)
        return None
    forget_mistakes(request, door)
    return Way.APP if is_of_app else Way.CODE


def _fits(device: AuthenticatorApp | RecoveryCodes, code: str) -> bool:
    try:
        return device.verify_token(code)
    except ValueError as error:
        logger.warning("%s", error)
        return False
