from django.db import migrations, models


class Migration(migrations.Migration):
    """Rejects of TMDb and Open Library have reasons of their own."""

    dependencies = [
        ('ingest', '0005_refreshes'),
    ]

    operations = [
        migrations.AlterField(
            model_name='reject',
            name='key',
            field=models.CharField(help_text='Q1 for an item, Q1>Q2 for a pair, Q1#… for a value; else as in SourceState.', max_length=90, verbose_name='item'),
        ),
        migrations.AlterField(
            model_name='reject',
            name='reason',
            field=models.CharField(choices=[('same_item', 'an item based on itself'), ('screen_without_name', 'the screen work has no name in any language'), ('source_without_name', 'the source has no name in any language'), ('both_without_name', 'neither side has a name in any language'), ('title_too_long', 'a title of over 1,000 characters'), ('screen_absent', "the screen work's item is gone, or redirects to another"), ('source_absent', "the source's item is gone, or redirects to another"), ('not_a_screen_work', 'what is based on it is no film or series'), ('source_not_a_work', 'the source is neither written nor a film or series'), ('person_without_name', 'the person has no name in any language'), ('person_absent', "the person's item is gone, or redirects to another"), ('year_out_of_range', 'a year out of range: the entry stands without it'), ('name_too_long', 'a name of over 1,000 characters: the entry stands without it'), ('malformed_date', 'a date of the wrong shape: the entry stands without it'), ('malformed_id', 'an external id of the wrong shape: the entry stands without it'), ('not_read', 'the upstream could not answer'), ('no_title', 'no title'), ('no_id', 'something without a number'), ('not_text', 'something else where words were due'), ('text_too_long', 'words beyond all measure'), ('not_a_number', 'something else where a number was due'), ('not_a_whole_number', 'something else where a whole number was due'), ('number_out_of_range', 'a number out of range'), ('not_true_or_false', 'something else where yes or no was due'), ('not_a_list', 'something else where a list was due'), ('not_an_object', 'something else where an object was due'), ('date_out_of_range', 'a date out of range'), ('malformed_address', 'an address of the wrong shape'), ('malformed_country', 'a country of the wrong shape'), ('malformed_language', 'a language of the wrong shape'), ('malformed_path', 'the path of a picture of the wrong shape'), ('malformed_rating', 'an age rating of the wrong shape'), ('malformed_status', 'a status of the wrong shape'), ('authors_do_not_match', 'more or fewer names of authors than keys'), ('more_problems', 'more than is told')], max_length=30, verbose_name='reason'),
        ),
        migrations.AlterField(
            model_name='sweepedge',
            name='reason',
            field=models.CharField(blank=True, choices=[('same_item', 'an item based on itself'), ('screen_without_name', 'the screen work has no name in any language'), ('source_without_name', 'the source has no name in any language'), ('both_without_name', 'neither side has a name in any language'), ('title_too_long', 'a title of over 1,000 characters'), ('screen_absent', "the screen work's item is gone, or redirects to another"), ('source_absent', "the source's item is gone, or redirects to another"), ('not_a_screen_work', 'what is based on it is no film or series'), ('source_not_a_work', 'the source is neither written nor a film or series'), ('person_without_name', 'the person has no name in any language'), ('person_absent', "the person's item is gone, or redirects to another"), ('year_out_of_range', 'a year out of range: the entry stands without it'), ('name_too_long', 'a name of over 1,000 characters: the entry stands without it'), ('malformed_date', 'a date of the wrong shape: the entry stands without it'), ('malformed_id', 'an external id of the wrong shape: the entry stands without it'), ('not_read', 'the upstream could not answer'), ('no_title', 'no title'), ('no_id', 'something without a number'), ('not_text', 'something else where words were due'), ('text_too_long', 'words beyond all measure'), ('not_a_number', 'something else where a number was due'), ('not_a_whole_number', 'something else where a whole number was due'), ('number_out_of_range', 'a number out of range'), ('not_true_or_false', 'something else where yes or no was due'), ('not_a_list', 'something else where a list was due'), ('not_an_object', 'something else where an object was due'), ('date_out_of_range', 'a date out of range'), ('malformed_address', 'an address of the wrong shape'), ('malformed_country', 'a country of the wrong shape'), ('malformed_language', 'a language of the wrong shape'), ('malformed_path', 'the path of a picture of the wrong shape'), ('malformed_rating', 'an age rating of the wrong shape'), ('malformed_status', 'a status of the wrong shape'), ('authors_do_not_match', 'more or fewer names of authors than keys'), ('more_problems', 'more than is told')], max_length=30),
        ),
    ]
