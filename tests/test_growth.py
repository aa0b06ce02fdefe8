"""The measure itself: it tells linear work from quadratic."""

from growth import calls, is_linear


def each(words: str) -> None:
    for word in words:
        word.upper()


def each_with_each(words: str) -> None:
    for _ in words:
        each(words)


def test_linear_work_is_told_from_quadratic() -> None:
    words = "a" * 2_000
    assert calls(lambda: each(words)) >= len(words)
    assert is_linear(each, "a" * 20_000)
    assert not is_linear(each_with_each, words)
