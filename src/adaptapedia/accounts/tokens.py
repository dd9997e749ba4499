"""Ending what programs may do in somebody's name."""

from django.db import connection, transaction
from django.utils import timezone

from adaptapedia.accounts.models import User

BLACKLIST = """
    INSERT INTO token_blacklist_blacklistedtoken (token_id, blacklisted_at)
    SELECT id, %(now)s FROM token_blacklist_outstandingtoken WHERE user_id = %(user)s AND expires_at > %(now)s
    ON CONFLICT (token_id) DO NOTHING
"""


def revoke_tokens(user: User) -> int:
    """End every token of a person, now: returns how many refresh tokens went onto the blacklist.

    Access tokens are on no list. One that was issued before `tokens_valid_from` is to be refused where
    tokens are checked, and `tokens_valid_from` is now, in the database and in the `user` in hand.
    """
    with transaction.atomic():
        # Held first: whoever holds the row now may be issuing a token, and `now` must come after that one.
        User.objects.select_for_update(no_key=True).filter(pk=user.pk).exists()
        user.tokens_valid_from = timezone.now()
        user.save(update_fields=["tokens_valid_from"])
        with connection.cursor() as cursor:
            cursor.execute(BLACKLIST, {"user": user.pk, "now": user.tokens_valid_from})
            ended: int = cursor.rowcount
    return ended
