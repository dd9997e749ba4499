from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("accounts", "0003_index_expiry_of_tokens")]

    operations = [
        migrations.AddField(
            model_name="user",
            name="tokens_valid_from",
            field=models.DateTimeField(blank=True, editable=False, null=True, verbose_name="tokens valid from"),
        ),
    ]
