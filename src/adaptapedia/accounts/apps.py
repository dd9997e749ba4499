from django.apps import AppConfig


class AccountsConfig(AppConfig):
    name = "adaptapedia.accounts"

    def ready(self) -> None:
        """Follow what sign-ins set off, and keep what people change.

        A password is never written down, of names and addresses half is.
        """
        from django.contrib.auth.models import Group

        from adaptapedia.accounts import events
        from adaptapedia.accounts.models import User
        from adaptapedia.desk.changes import keep_changes

        events.connect()
        keep_changes(
            User,
            leave_out=("password", "last_login"),
            mask=("first_name", "last_name", "email"),
            many=("groups", "user_permissions"),
        )
        keep_changes(Group, many=("permissions",))
