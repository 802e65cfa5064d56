"""Nobody gets an error of the server, whatever is sent to whatever address; the long form is ``benchmarks.fuzz``."""

import logging
import os

import pytest
from django.test import override_settings

from tests.odd_requests.addresses import patterns
from tests.odd_requests.making import ROLES, make
from tests.odd_requests.site import furnish

pytestmark = [pytest.mark.slow, pytest.mark.django_db]

#: Another one asks other things: ``ODD_REQUESTS=7 pytest …``.
SEED = int(os.environ.get("ODD_REQUESTS", "1"))


@pytest.fixture
def quiet():
    logging.disable(logging.CRITICAL)
    yield
    logging.disable(logging.NOTSET)


@pytest.mark.filterwarnings("ignore")
def test_every_address_is_asked_oddly_and_none_fails(quiet, tmp_path):
    with override_settings(MEDIA_ROOT=str(tmp_path)):
        site, addresses, asked = furnish(looking_around=False)
        assert {address.pattern for address in addresses} >= set(patterns())
        of_the_desk = sum(address.of_the_desk for address in addresses)
        once = [*range(1, 2 * of_the_desk, 2), *range(0, 2 * (len(addresses) - of_the_desk), 2)]
        outcomes = [site.send(make(number, SEED, addresses, asked)) for number in once]
    faults = [
        f"{outcome.status} {outcome.seconds:.1f} s {outcome.request}\n{outcome.error[-500:]}"
        for outcome in outcomes
        if outcome.is_fault
    ]
    assert not faults, "\n".join(faults)
    assert {outcome.request.pattern for outcome in outcomes} == {address.pattern for address in addresses}
    assert {outcome.request.role for outcome in outcomes} == set(ROLES)
    assert {200, 302, 400, 404, 405} <= {outcome.status for outcome in outcomes}
