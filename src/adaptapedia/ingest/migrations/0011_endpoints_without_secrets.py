from urllib.parse import urlsplit

from django.db import migrations, models


def _shown(address):
    """An address without name, password and parameters; what is no address stays."""
    parts = urlsplit(address)
    if not parts.scheme:
        return address
    port = f":{parts.port}" if parts.port else ""
    host = f"[{parts.hostname}]" if ":" in (parts.hostname or "") else parts.hostname or ""
    return f"{parts.scheme}://{host}{port}{parts.path}"


def hide_secrets(apps, schema_editor):
    sweeps = apps.get_model("ingest", "Sweep").objects.using(schema_editor.connection.alias)
    for number, endpoint in list(sweeps.values_list("pk", "endpoint")):
        sweeps.filter(pk=number).update(endpoint=_shown(endpoint))


class Migration(migrations.Migration):
    """What may be secret of an endpoint's address is not kept any more. What was cannot be brought back."""

    dependencies = [
        ('ingest', '0010_who_asked_last'),
    ]

    operations = [
        migrations.AlterField(
            model_name='sweep',
            name='endpoint',
            field=models.TextField(help_text='Where it is read from, without what may be secret of the address.'),
        ),
        migrations.RunPython(hide_secrets, migrations.RunPython.noop, elidable=True),
    ]
