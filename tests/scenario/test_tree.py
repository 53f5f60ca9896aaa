from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from sim.scenario.tree import Node, Override, Place, dotted, merge, overlap, written

scalars = st.one_of(st.booleans(), st.integers(-9, 9), st.text("ab ", max_size=3))
names = st.sampled_from("pqrs")


def tree(value: object, where: str = "a.yaml") -> Node:
    place = Place(where, 1, "/")
    if isinstance(value, dict):
        return Node({key: tree(entry, where) for key, entry in value.items()}, place)
    return Node(tuple(tree(entry, where) for entry in value) if isinstance(value, tuple) else value, place)


def mappings(leaves: st.SearchStrategy[object]) -> st.SearchStrategy[dict[str, object]]:
    values = st.recursive(leaves, lambda inner: st.dictionaries(names, inner, max_size=3), max_leaves=6)
    return st.dictionaries(names, values | st.tuples(scalars, scalars), max_size=4)


sure = mappings(scalars)
with_nulls = mappings(scalars | st.none())


@given(with_nulls)
def test_merging_a_tree_with_itself_changes_nothing(data: dict[str, object]) -> None:
    merged, trail = merge(tree(data), tree(data))
    assert merged.plain() == data
    assert trail == ()


@given(with_nulls, sure)
def test_merging_twice_is_merging_once(base: dict[str, object], over: dict[str, object]) -> None:
    once, _ = merge(tree(base), tree(over))
    twice, trail = merge(once, tree(over))
    assert twice.plain() == once.plain()
    assert trail == ()


@given(sure, sure, sure)
def test_merging_is_associative(one: dict[str, object], two: dict[str, object], three: dict[str, object]) -> None:
    first, _ = merge(merge(tree(one), tree(two))[0], tree(three))
    last, _ = merge(tree(one), merge(tree(two), tree(three))[0])
    assert first.plain() == last.plain() or _mixes_kinds(one, two, three)


def _mixes_kinds(*data: dict[str, object]) -> bool:
    """A scalar between two mappings makes the order matter: it wipes out the first."""
    keys = {key for mapping in data for key in mapping}
    for key in keys:
        entries = [mapping[key] for mapping in data if key in mapping]
        inner = [entry for entry in entries if isinstance(entry, dict)]
        if inner and (len(inner) < len(entries) or _mixes_kinds(*inner)):
            return True
    return False


@given(with_nulls, with_nulls)
def test_there_is_a_trail_if_and_only_if_something_changed(base: dict[str, object], over: dict[str, object]) -> None:
    merged, trail = merge(tree(base), tree(over, "b.yaml"))
    leaves = [override for override in trail if override.new != "{}"]  # a new empty mapping is an addition too
    assert bool(trail) == (_exactly(merged.plain()) != _exactly(base))
    assert all(override.where == "b.yaml" and override.old != override.new for override in leaves)


def _exactly(value: object) -> str:
    """Tells 1 from True."""
    return repr(sorted((key, _exactly(entry)) for key, entry in value.items()) if isinstance(value, dict) else value)


def test_null_takes_a_key_away() -> None:
    merged, trail = merge(tree({"a": {"b": 1, "c": 2}, "d": (1, 2)}), tree({"a": {"b": None, "x": None}, "d": (3,)}))
    assert merged.plain() == {"a": {"c": 2, "x": None}, "d": (3,)}
    assert [str(override) for override in trail] == [
        "a.b: 1 → (removed)",
        "a.x: (not set) → null",
        "d: [1, 2] → [3]",
    ]


def test_an_override_reads_as_one_line() -> None:
    assert str(Override("a.b", "1", "2", "a.yaml", 3)) == "a.b: 1 → 2"


def test_a_path_is_dotted() -> None:
    assert dotted(("work", "routes", "P1", "solved", 0)) == "work.routes.P1.solved[0]"
    assert dotted(()) == ""


def test_paths_overlap_if_one_lies_in_the_other() -> None:
    assert overlap(("a", "b"), ("a",))
    assert overlap(("a", "*", "c"), ("a", "b", "c", "d"))
    assert not overlap(("a", "b"), ("a", "c"))


def test_values_are_shown_as_in_a_file() -> None:
    assert written({"a": (1.5, True, None), "b": {"c": "5 min", "d": "", "e": "true"}}) == (
        "{a: [1.5, true, null], b: {c: 5 min, d: '', e: 'true'}}"
    )
    assert len(written("x" * 100)) == 60
