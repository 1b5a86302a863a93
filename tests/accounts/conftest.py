import pytest
from django.utils import translation


@pytest.fixture(autouse=True)
def _korean():
    """The language a request set must not reach the next test."""
    with translation.override("ko"):
        yield


@pytest.fixture
def signed_in(client):
    """Sign a person in without the door."""
    from tests.factories.people import person

    def sign_in(user=None):
        user = user or person()
        client.force_login(user, backend="allauth.account.auth_backends.AuthenticationBackend")
        return user

    return sign_in
