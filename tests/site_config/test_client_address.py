"""The address of a client behind a proxy, however the proxy writes it."""

import pytest

from site_config.client_address import client_address


@pytest.mark.parametrize(
    ("named", "address"),
    [
        ("203.0.113.7", "203.0.113.7"),
        ("203.0.113.7:4711", "203.0.113.7"),
        ("6.6.6.6, 203.0.113.7:47", "203.0.113.7"),
        ("2001:db8::7", "2001:db8::7"),
        ("[2001:db8::7]:47", "2001:db8::7"),
        ("[2001:db8::7]", "2001:db8::7"),
    ],
)
def test_the_last_address_that_a_proxy_names_is_taken_without_its_port(rf, settings, named, address):
    settings.BEHIND_PROXY = True
    assert client_address(rf.get("/", headers={"X-Forwarded-For": named})) == address
