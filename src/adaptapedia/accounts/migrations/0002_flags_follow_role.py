from django.db import migrations, models
from django.db.models import Q


class Migration(migrations.Migration):
    dependencies = [("accounts", "0001_initial")]

    operations = [
        migrations.AlterModelManagers(name="user", managers=[]),
        migrations.AddConstraint(
            model_name="user",
            constraint=models.CheckConstraint(
                condition=Q(is_staff=True, role__in=["moderator", "administrator"])
                | Q(is_staff=False, role__in=["user", "trusted_editor"]),
                name="user_staff_by_role",
            ),
        ),
        migrations.AddConstraint(
            model_name="user",
            constraint=models.CheckConstraint(
                condition=Q(is_superuser=True, role="administrator")
                | Q(is_superuser=False) & ~Q(role="administrator"),
                name="user_superuser_by_role",
            ),
        ),
    ]
