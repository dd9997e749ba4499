from adaptapedia.kit.batches import BATCH_SECONDS, FIRST_BATCH, LARGEST_BATCH, next_size


def test_a_slow_batch_is_followed_by_half_as_large_a_one() -> None:
    assert next_size(4_000, seconds=BATCH_SECONDS * 1.1) == 2_000


def test_a_quick_batch_is_followed_by_one_twice_as_large() -> None:
    assert next_size(FIRST_BATCH, seconds=BATCH_SECONDS / 10) == 2 * FIRST_BATCH


def test_a_batch_that_takes_what_it_should_keeps_its_size() -> None:
    assert next_size(3_000, seconds=BATCH_SECONDS * 0.8) == 3_000


def test_a_batch_never_outgrows_its_limit_nor_shrinks_to_nothing() -> None:
    assert next_size(LARGEST_BATCH, seconds=0.001) == LARGEST_BATCH
    assert next_size(1, seconds=5) == 1
