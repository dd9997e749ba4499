import gc

import pytest

from adaptapedia.kit import loading


def test_nobody_looks_for_garbage_in_what_loads_nor_in_what_has_loaded() -> None:
    before = gc.get_freeze_count()
    with loading.for_good():
        assert not gc.isenabled()
        loaded: list[list[int]] = [[] for _ in range(100)]
    assert gc.isenabled()
    assert gc.get_freeze_count() >= before + len(loaded)


def test_what_loads_within_something_else_that_loads_ends_with_that() -> None:
    with loading.for_good():
        with loading.for_good():
            pass
        assert not gc.isenabled()
    assert gc.isenabled()


def test_after_what_cannot_be_loaded_garbage_is_looked_for_as_before() -> None:
    with pytest.raises(ImportError), loading.for_good():
        raise ImportError("no such module")
    assert gc.isenabled()
