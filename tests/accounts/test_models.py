"""What the database itself holds, gone at around the services."""

import pytest
from django.db import IntegrityError, connection, transaction

from portal.accounts.models import User


def test_an_address_belongs_to_one_person_in_any_case(db):
    User.objects.create_user("kim@example.com")
    with pytest.raises(IntegrityError), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("UPDATE accounts_user SET email = 'KIM@example.com'")
        cursor.execute(
            "INSERT INTO accounts_user (password, is_superuser, public_id, email, name, language, is_active, is_staff, is_demo)"
            " VALUES ('', false, gen_random_uuid(), 'kim@EXAMPLE.com', '', 'ko', true, false, false)"
        )
