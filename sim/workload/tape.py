"""The workload of one replication as plain arrays: everything that chance decides about a ticket is on its row."""

from __future__ import annotations

from dataclasses import dataclass
from enum import IntEnum
from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from numpy.typing import NDArray


class Kind(IntEnum):
    """What a ticket is."""

    TICKET = 0
    ALERT = 1
    EMERGENCY = 2


class CustomerClass(IntEnum):
    """Who asks; the smaller value is served first."""

    ENTERPRISE = 0
    STANDARD = 1


class TaskKind(IntEnum):
    """Why a task is on a ticket's row."""

    WORK = 0
    """A tier's own stage."""
    FOLLOW_UP = 1
    """The same tier again, after the customer has answered."""
    REOPENED = 2
    """Again, because the resolution was wrong."""
    ASSIST = 3
    """Another tier beside the lead of a P1, in the same stage."""
    CRITICAL = 4
    """Dormant until a P1 becomes an emergency because it is not resolved in time."""
    COMMS = 5
    """A step of the communication chain: due at an offset, and the ticket does not wait for it."""
    OUTSIDE = 6
    """Work of people who are not of the organisation: it begins at once and occupies nobody."""


class Filter(IntEnum):
    """What kept an alert from people."""

    PASSED = 0
    SUPPRESSED = 1
    BATCHED = 2
    THROTTLED = 3


DORMANT = 255
"""Stage of tasks that no stage before them leads to."""
CHAIN = 12
"""Pages that a ticket can lead to: three rounds of four levels. Step s is round s // 4, level s % 4."""
NO_PAGES = -1
NO_EMERGENCY = 255


ALERTS = 100_000_000
STORMS = 500_000_000
EMERGENCIES = 900_000_000
SURGES = 1_100_000_000
EMERGENCY_STORMS = 1_500_000_000
EXTRA = 200_000_000
NEXT_TYPE = 2_000_000_000
DATED = 1_000_000_000
"""A ticket's public number: customer tickets from 0, alerts from ALERTS, those of storms from STORMS on; what a scale
above 1 adds lies EXTRA further on, further copies of a replayed log 2 EXTRA, 3 EXTRA and so on. Emergencies, and the
tickets and alerts that they cause, begin at EMERGENCIES, SURGES and EMERGENCY_STORMS; those of each further type of
emergencies lie NEXT_TYPE further on than those of the one before, and those of dated ones DATED further on than those
by chance. Modulo ALERTS a number is the ticket's row in the streams that it is drawn from.

Numbers depend on the position of the type: one that is listed before others changes the public keys of what
those cause, so a new type is best listed last where runs are compared ticket by ticket."""


@dataclass(frozen=True, slots=True)
class Workload:
    """Tickets in the order of their creation, and their tasks. Times in ms of the run's clock, NEVER where missing.

    What happens to a ticket in the run happens after `visible`: `escalate_at` and `critical_at` are later, `page_at` is
    not earlier. A filtered alert has none of these instants and no deadline; its tasks are on the tape all the same.
    The tasks of ticket `i` are rows `first_task[i]` to `first_task[i + 1]` of the task arrays, ordered by stage.

    Attributes:
        created: (n,) int64; at least 1.
        visible: (n,) int64, when people can see it, at least `created`, and possibly after the end of the run; missing
            where it never comes before people.
        filtered: (n,) uint8, `Filter`: what kept an alert from people.
        region: (n,) int16 index into the scenario's regions.
        serve_region: (n,) int16, the region whose people serve it and are paged: another one while it is re-homed.
        number: (n,) int64; (region, number) is the ticket's public key and survives changes of the scenario.
        kind: (n,) uint8, `Kind`.
        emergency: (n,) uint8, index into the scenario's types of emergencies; `NO_EMERGENCY` for all others.
        priority: (n,) uint8, 0 for P1 to 3 for P4.
        customer_class: (n,) uint8, `CustomerClass`.
        channel: (n,) uint8 index into the scenario's channels; alerts have 255.
        patience: (n,) int64, ms from creation after which an unanswered customer gives up.
        respond_by: (n,) int64, deadline of the response.
        resolve_by: (n,) int64, deadline of the resolution, before pauses.
        escalate_at: (n,) int64, when the ticket timer is due, before pauses.
        critical_at: (n,) int64, when a P1 that is still unresolved wakes its dormant tasks; missing without such.
        page_at: (n,) int64, when it is paged, at least `visible`: a P3 alert only if nobody has started on it; missing
            where it pages nobody unless nobody is on duty anywhere.
        page_row: (n,) int64 row of the page arrays, `NO_PAGES` where it can never page anybody; what has a `page_at`
            has a row.
        first_task: (n + 1,) int64.
        stage: (m,) uint8, counted from 0 in each ticket; dormant tasks come last and have `DORMANT`. The first task of
            a ticket is its lead: the response is the start of the lead.
        tier: (m,) uint8, role: 0 for tier 1 to 3 for tier 4, `MANAGER` or `COORDINATOR` (see `sim.workforce.roster`).
        handle: (m,) int64, nominal work in ms, at least 1.
        offset: (m,) int64, ms from the opening of the stage until the task falls due; only of `COMMS` other than 0.
        wait: (m,) int64, ms that pass after the stage before until this one can start; all tasks of a stage share it.
        task_kind: (m,) uint8, `TaskKind`.
        page_ppm: (k, CHAIN) int64, 0 to 999,999: the page is answered where it is less than the chance of whoever is
            paged, in millionths; even over 65,536 values.
        page_awake: (k, CHAIN) int64, ms until an answer outside sleep hours, at least 1.
        page_asleep: (k, CHAIN) int64, the same within sleep hours.
    """

    created: NDArray[np.int64]
    visible: NDArray[np.int64]
    filtered: NDArray[np.uint8]
    region: NDArray[np.int16]
    serve_region: NDArray[np.int16]
    number: NDArray[np.int64]
    kind: NDArray[np.uint8]
    emergency: NDArray[np.uint8]
    priority: NDArray[np.uint8]
    customer_class: NDArray[np.uint8]
    channel: NDArray[np.uint8]
    patience: NDArray[np.int64]
    respond_by: NDArray[np.int64]
    resolve_by: NDArray[np.int64]
    escalate_at: NDArray[np.int64]
    critical_at: NDArray[np.int64]
    page_at: NDArray[np.int64]
    page_row: NDArray[np.int64]
    first_task: NDArray[np.int64]
    stage: NDArray[np.uint8]
    tier: NDArray[np.uint8]
    handle: NDArray[np.int64]
    offset: NDArray[np.int64]
    wait: NDArray[np.int64]
    task_kind: NDArray[np.uint8]
    page_ppm: NDArray[np.int64]
    page_awake: NDArray[np.int64]
    page_asleep: NDArray[np.int64]

    def __len__(self) -> int:
        return len(self.created)

    @property
    def stages(self) -> NDArray[np.int64]:
        """(n,) number of stages that lead to each other; dormant tasks are in none."""
        stages: NDArray[np.int64] = self.stage[self.first_dormant - 1].astype(np.int64) + 1
        return stages

    @property
    def first_dormant(self) -> NDArray[np.int64]:
        """(n,) task where each ticket's dormant tasks begin, or where its row ends."""
        dormant = np.concatenate([[0], np.cumsum(self.stage == DORMANT)])[self.first_task]
        first: NDArray[np.int64] = self.first_task[1:] - np.diff(dormant)
        return first
