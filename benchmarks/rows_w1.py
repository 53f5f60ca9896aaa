"""W1, the desk of two tiers: against the script that a SimPy user would write, and against other simulators."""

from __future__ import annotations

from collections.abc import Iterator
from importlib.util import find_spec

from bench import FAST, HERE, Row, side_by_side, tape
from scripts import from_tape, two_tiers, two_tiers_alone

import sim

STAFF = ((24, 10), (19, 9))
"""Agents at tier 1 and 2. With the first no timer goes off."""
PEERS = {"ciw": "Ciw", "salabim": "salabim"}


def rows() -> Iterator[Row]:
    """Seconds are those of the quickest run."""
    for agents in STAFF:
        name = f"W1 at {agents[0]}/{agents[1]} agents"
        changes = {f"staffing.flat.desk.tier{tier + 1}": count for tier, count in enumerate(agents)}
        scenario = sim.load(HERE / "w1.yaml", changes)
        played = tape(scenario)
        tickets = from_tape(played.workload)
        yield Row(f"{name}: tickets", f"{len(tickets):,}", "about 26,900")

        fast, script = side_by_side(played.play, lambda: two_tiers(tickets, agents))  # noqa: B023 - called at once
        yield Row(
            f"{name}: engine alone, journals built, against the plain SimPy script on the same tape",
            against(script, fast), "≥ 50 x", "100 x",
        )  # fmt: skip
        if FAST != "desk":
            (slow,) = side_by_side(lambda: played.play("desk"), runs=3)  # noqa: B023
            yield Row(f"{name}: the desk against that script", against(script, slow))

        fast, script = side_by_side(
            lambda: kpis(changes),  # noqa: B023
            lambda: two_tiers_alone(scenario, 1),  # noqa: B023
        )
        yield Row(
            f"{name}: scenario file to KPIs, against that script with its own sampling and means",
            against(script, fast), "≥ 20 x", "40 x",
        )  # fmt: skip

        for library, peer in PEERS.items():
            what = f"{name}: engine alone, against {peer}"
            if find_spec(library) is None:
                yield Row(what, "not installed: `pip install -e '.[bench]'`", "≥ 100 x", "300 x")
                continue
            import peers

            run = getattr(peers, f"in_{library}")
            fast, theirs = side_by_side(played.play, lambda: run(tickets, agents), runs=2)  # noqa: B023
            yield Row(what, against(theirs, fast), "≥ 100 x", "300 x")


def kpis(changes: dict[str, int]) -> object:
    """W1 from its file to its key figures."""
    return sim.run(sim.load(HERE / "w1.yaml", changes), workers=1, journals="none").records


def against(theirs: float, ours: float) -> str:
    """How much sooner."""
    return f"{theirs / ours:.1f} x ({theirs * 1000:,.0f} ms / {ours * 1000:,.1f} ms)"
