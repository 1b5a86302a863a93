"""Clients for the screens of intake."""

import pytest
from django.utils import translation


@pytest.fixture(autouse=True)
def _korean():
    """The language a request set must not reach the next test."""
    with translation.override("ko"):
        yield


@pytest.fixture
def at():
    """``at(user)`` is that person's browser, second factor shown; None: a visitor."""
    from django.test import Client

    from portal.accounts.second_factor import CONFIRMED

    def browser(user):
        client = Client()
        if user is not None:
            client.force_login(user, backend="allauth.account.auth_backends.AuthenticationBackend")
            session = client.session
            session[CONFIRMED] = user.pk
            session.save()
        return client

    return browser
