from sync_core.chunks import chunks


def test_items_come_so_many_at_a_time_and_none_is_lost() -> None:
    assert list(chunks([1, 2, 3, 4, 5], 2)) == [[1, 2], [3, 4], [5]]
    assert list(chunks("abcd", 2)) == ["ab", "cd"]
    assert list(chunks(b"abc", 5)) == [b"abc"]
    assert list(chunks([], 2)) == []
