"""What tests of the tour's pages share: browsers, addresses, a booking that was committed."""

from django.db import connection
from django.test import Client
from django.urls import reverse

from portal.accounts.second_factor import CONFIRMED
from portal.mice import services
from tests.factories import tour
from tests.factories.tour import NOW, STARTS


def browser(user=None):
    client = Client()
    if user is not None:
        client.force_login(user, backend="allauth.account.auth_backends.AuthenticationBackend")
        session = client.session
        session[CONFIRMED] = user.pk
        session.save()
    return client


def settle():
    """Let the deferred triggers speak, as a commit would."""
    with connection.cursor() as cursor:
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
        cursor.execute("SET CONSTRAINTS ALL DEFERRED")


def publish(people, version=None, **fields):
    given = {"starts_at": STARTS, "language": "ko", "guide": people["guide"], "now": NOW, **fields}
    return services.publish_session(version=version or tour.course(), by=people["officer"], **given)


def booked(session, party=2, **fields):
    """A visitor's booking, in a transaction of its own as far as the triggers are concerned."""
    given = {"name": "김하늘", "email": "sky@example.com", "now": NOW, **fields}
    made = services.book(session=session, party=party, **given)
    settle()
    return made


def address(name, *args):
    return reverse(f"tour:{name}", args=args)


def secret(booking):
    return services.link_secret(booking.public_id)
