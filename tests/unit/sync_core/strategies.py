"""JSON values of any shape, and answers that are right but for one part of them."""

from typing import Any

from hypothesis import strategies as st

SCALARS = st.one_of(
    st.none(),
    st.booleans(),
    st.integers(),
    st.floats(),  # json.loads also reads NaN and Infinity
    st.text(max_size=5),
    st.sampled_from(["--5", "²", "1e400", "9" * 5000, "", "ACTIVE", "409: Conflict", "id"]),
)
ANY_JSON = st.recursive(
    SCALARS, lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=5), inner, max_size=3)
)


@st.composite
def damaged(draw: st.DrawFn, sound: Any) -> Any:
    """Draw a sound answer with any JSON value in the place of one of its parts."""
    places = list(_places(sound))
    place = draw(st.sampled_from(places))
    return _with(sound, place, draw(ANY_JSON))


def _places(value: Any) -> Any:
    yield ()
    members = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    for name, inner in members:
        yield from ((name, *rest) for rest in _places(inner))


def _with(value: Any, place: tuple[Any, ...], replacement: Any) -> Any:
    if not place:
        return replacement
    first, *rest = place
    copied = dict(value) if isinstance(value, dict) else list(value)
    copied[first] = _with(value[first], tuple(rest), replacement)
    return copied
