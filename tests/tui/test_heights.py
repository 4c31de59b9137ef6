from __future__ import annotations

from hypothesis import given, strategies as st

from agentchat.tui.widgets.heights import Heights

heights = st.lists(st.integers(0, 9), max_size=40)


@given(heights, heights, st.lists(st.tuples(st.integers(0, 79), st.integers(0, 9)), max_size=10))
def test_starts_and_lines_agree_with_plain_addition(
    given_: list[int], appended: list[int], changes: list[tuple[int, int]]
) -> None:
    tree, plain = Heights(given_), given_ + appended
    for height in appended:
        tree.append(height)
    for index, height in changes:
        if index < len(plain):
            tree[index] = plain[index] = height
    assert [tree.start(index) for index in range(len(plain) + 1)] == [sum(plain[:i]) for i in range(len(plain) + 1)]
    assert tree.total == sum(plain)
    lines = [(index, line) for index, height in enumerate(plain) for line in range(height)]
    assert [tree.at(line) for line in range(tree.total)] == lines
    assert tree.at(tree.total) == (len(plain), 0)
