"""Clients for the screens of intake."""

import pytest


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
