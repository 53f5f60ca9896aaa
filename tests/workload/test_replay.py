"""Ticket logs: what is read, what is left out, and what each refusal says."""

from __future__ import annotations

import gzip
import pickle
import re
import zipfile
from datetime import date, datetime, timedelta
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import numpy as np
import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from sim.clock import DAY, HOUR, MINUTE, SECOND, Clock, day_number, epoch_ms, wall_to_epoch
from sim.errors import DataError
from sim.scenario.demand import Replay
from sim.scenario.table import occurrences
from sim.workload.replay import TicketLog, read_log

REGIONS = ("americas", "europe")
CHANNELS = ("phone", "email")
CLOCK = Clock.starting(date(2026, 3, 2), 14, 0)
SAMPLE = Path(__file__).parents[2] / "scenarios" / "data" / "ticket_log.csv"

FULL = """\
number,opened,priority,where,how,who,text
A1,2026-03-02 00:00,P1,americas,phone,enterprise,at the very start
A2,2026-03-02 00:00:00.001,p2,Europe,EMAIL,Standard,and right after it
A3,2026-03-03T06:30:00.250,3 - Moderate,EMEA,Web,VIP,mapped
A2,2026-03-09 10:00,P4,americas,phone,standard,the same ticket again
A4,2026-03-01 23:59:59,P4,americas,phone,standard,too early
A5,2026-03-16 00:00,P4,americas,phone,standard,too late by nothing
A6,2026-03-15 23:59:59.999,P4,americas,phone,standard,"the last, just in time"
A7,?,P4,americas,phone,standard,never
A8,2026-03-02 12:00,?,europe,NA,,little is known
"""
COLUMNS = {
    "created": "opened",
    "id": "number",
    "priority": "priority",
    "region": "where",
    "channel": "how",
    "customer_class": "who",
}
MAPPED: dict[str, Any] = {
    "columns": COLUMNS,
    "priorities": {"3 - Moderate": "P3"},
    "regions": {"EMEA": "europe"},
    "channels": {"Web": "email"},
    "classes": {"VIP": "enterprise"},
}
DATES_ONLY: dict[str, Any] = {"columns": {"created": "opened"}, "region": "europe"}


def written(folder: Path, text: str | bytes, name: str = "log.csv") -> str:
    file = folder / name
    file.write_bytes(text if isinstance(text, bytes) else text.encode())
    return str(file)


def replay(file: str, **keys: Any) -> Replay:
    return Replay.model_validate({"file": file, **keys})


def read(folder: Path, text: str | bytes, name: str = "log.csv", clock: Clock = CLOCK, **keys: Any) -> TicketLog:
    return read_log(replay(written(folder, text, name), **keys), clock, REGIONS, CHANNELS)


def refusals(folder: Path, text: str | bytes, name: str = "log.csv", **keys: Any) -> list[str]:
    """The messages, without the folder."""
    with pytest.raises(DataError) as caught:
        read(folder, text, name, **keys)
    return str(caught.value).replace(f"{folder}/", "").splitlines()


def opened(*texts: str) -> str:
    return "\n".join(["opened", *texts, ""])


def utc(*texts: str) -> list[int]:
    """Milliseconds of the clock of these ISO times in UTC."""
    return [epoch_ms(datetime.fromisoformat(f"{text}+00:00")) - CLOCK.origin for text in texts]


# ---- what is read


def test_every_column_is_read_sorted_and_cut_to_the_run(tmp_path: Path) -> None:
    log = read(tmp_path, FULL, **MAPPED)
    assert log.created.tolist() == [1, 1, 12 * HOUR, DAY + 6 * HOUR + 30 * MINUTE + 250, 14 * DAY - 1]
    assert log.region.tolist() == [0, 1, 1, 1, 0]
    assert log.priority.tolist() == [0, 1, -1, 2, 3]
    assert log.channel.tolist() == [0, 1, -1, 1, 0]
    assert log.customer_class.tolist() == [0, 1, -1, 0, 1]
    assert log.number.tolist() == [0, 1, 7, 2, 5]
    assert len(log) == 5


def test_the_arrays_have_the_types_that_the_tape_expects(tmp_path: Path) -> None:
    log = read(tmp_path, FULL, **MAPPED)
    assert {log.created.dtype, log.number.dtype} == {np.dtype(np.int64)}
    assert {log.region.dtype, log.priority.dtype, log.channel.dtype, log.customer_class.dtype} == {np.dtype(np.int16)}


def test_the_planner_is_told_what_was_left_out_and_what_will_be_drawn(tmp_path: Path) -> None:
    assert [notice.replace(f"{tmp_path}/", "") for notice in read(tmp_path, FULL, **MAPPED).notices] == [
        "log.csv: 9 rows read, 7 tickets created 2026-03-01 to 2026-03-16 UTC, 5 of them in the run",
        "1 row left out: the same number as a row above",
        "1 ticket left out: no time of creation",
        "1 ticket left out: created before the run; the run covers 2026-03-02 to 2026-03-16 UTC",
        "1 ticket left out: created after the run; the run covers 2026-03-02 to 2026-03-16 UTC",
        "1 ticket without a priority: drawn from demand.priorities",
        "1 ticket without a channel: drawn from the shares of the channels",
        "1 ticket without a customer class: drawn from demand.enterprise",
    ]


def test_nothing_left_out_is_one_line(tmp_path: Path) -> None:
    text = "number,opened,priority,where,how,who\nA1,2026-03-02 10:00,P1,europe,phone,standard\n"
    assert read(tmp_path, text, columns=COLUMNS).notices == (
        f"{tmp_path}/log.csv: 1 row read, 1 ticket created 2026-03-02 to 2026-03-02 UTC, 1 of them in the run",
    )


def test_a_log_of_dates_alone_leaves_the_rest_to_be_drawn(tmp_path: Path) -> None:
    log = read(tmp_path, opened("2026-03-03", "2026-03-02 10:00", "2026-03-03"), **DATES_ONLY)
    assert log.created.tolist() == [10 * HOUR, DAY, DAY]
    assert log.number.tolist() == [1, 0, 2]
    assert log.region.tolist() == [1, 1, 1]
    assert log.priority.tolist() == log.channel.tolist() == log.customer_class.tolist() == [-1, -1, -1]
    assert not [notice for notice in log.notices if "region" in notice]


def test_the_warm_up_belongs_to_the_run(tmp_path: Path) -> None:
    clock = Clock.starting(date(2026, 3, 9), 7, 7)
    assert read(tmp_path, opened("2026-03-02 10:00"), clock=clock, **DATES_ONLY).created.tolist() == [10 * HOUR]


def test_a_log_that_lies_outside_the_run_is_refused_with_the_horizon_to_write(tmp_path: Path) -> None:
    assert refusals(tmp_path, opened("2025-03-02", "2025-04-01 23:59"), **DATES_ONLY) == [
        (
            "log.csv: demand.replay.file: no ticket lies in the run: the log has 2 tickets, created 2025-03-02 to"
            " 2025-04-01 UTC, and the run covers 2026-03-02 to 2026-03-16 UTC; write"
            " `horizon: {start: 2025-03-02, days: 31}`"
        )
    ]


@pytest.mark.parametrize("texts", [("2025-12-31 23:59",), ("1999-07-01 12:00", "2000-02-29"), ("2027-01-01 00:00",)])
def test_the_horizon_that_a_refusal_names_holds_all_tickets(tmp_path: Path, texts: tuple[str, ...]) -> None:
    (message,) = refusals(tmp_path, opened(*texts), **DATES_ONLY)
    horizon = re.search(r"start: (\S+), days: (\d+)}", message)
    assert horizon
    clock = Clock.starting(date.fromisoformat(horizon[1]), int(horizon[2]), 0)
    assert len(read(tmp_path, opened(*texts), clock=clock, **DATES_ONLY)) == len(texts)


def test_no_longer_horizon_is_named_than_a_scenario_may_have(tmp_path: Path) -> None:
    (message,) = refusals(tmp_path, opened("1990-01-01", "2025-01-01"), **DATES_ONLY)
    assert message.endswith("`horizon: {start: 1990-01-01, days: 3660}`")


def test_a_log_without_any_time_of_creation_is_refused(tmp_path: Path) -> None:
    assert refusals(tmp_path, "opened,x\n?,1\n,2\n", **DATES_ONLY) == [
        "log.csv: demand.replay.file: no ticket of this log has a time of creation"
    ]


def test_one_entry_stands_for_all_other_texts_of_a_column(tmp_path: Path) -> None:
    rows = ["Lisbon,P1,Fax,VIP", "EUROPE,High,phone,?", "Oslo,Low,Web,standard", "?,Other,?,Guest"]
    text = "opened,where,priority,how,who\n" + "".join(f"2026-03-03,{row}\n" for row in rows)
    keys: dict[str, Any] = {
        "columns": {**COLUMNS, "id": None},
        "region": "europe",
        "regions": {"*": "americas", "Oslo": "europe"},
        "priorities": {"High": "P2", "*": "P4"},
        "channels": {"*": "email"},
        "classes": {"*": "standard", "VIP": "enterprise"},
    }
    log = read(tmp_path, text, **keys)
    assert log.region.tolist() == [0, 1, 1, 1]
    assert log.priority.tolist() == [0, 1, 3, 3]
    assert log.channel.tolist() == [1, 0, 1, -1]
    assert log.customer_class.tolist() == [0, -1, 1, 1]
    assert log.notices[1:5] == (
        '1 ticket of another region: taken for americas, as "*" says',
        '2 tickets of another priority: taken for P4, as "*" says',
        '2 tickets of another channel: taken for email, as "*" says',
        '1 ticket of another customer class: taken for standard, as "*" says',
    )


def test_what_all_other_texts_stand_for_must_exist(tmp_path: Path) -> None:
    assert refusals(tmp_path, FULL, **{**MAPPED, "regions": {"*": "Europa"}}) == [
        "log.csv: demand.replay.regions.*: must be one of americas, europe; found 'Europa'; did you mean europe?"
    ]


def test_numbers_do_not_depend_on_the_run(tmp_path: Path) -> None:
    text = opened("2026-03-01", "?", "2026-03-03", "2026-03-10")
    short = read(tmp_path, text, clock=Clock.starting(date(2026, 3, 2), 2, 0), **DATES_ONLY)
    longer = read(tmp_path, text, clock=Clock.starting(date(2026, 3, 1), 30, 0), **DATES_ONLY)
    assert short.number.tolist() == [2]
    assert longer.number.tolist() == [0, 2, 3]


def test_rows_without_a_number_are_tickets_of_their_own(tmp_path: Path) -> None:
    text = "number,opened\n?,2026-03-03\n?,2026-03-03\nA,2026-03-04\nA,2026-03-05\n"
    log = read(tmp_path, text, columns={"created": "opened", "id": "number"}, region="europe")
    assert log.number.tolist() == [0, 1, 2]


def test_the_first_row_of_a_ticket_stays_even_without_a_date(tmp_path: Path) -> None:
    text = "number,opened\nA,?\nA,2026-03-03\nB,2026-03-04\n"
    log = read(tmp_path, text, columns={"created": "opened", "id": "number"}, region="europe")
    assert log.number.tolist() == [1]


def test_a_single_region_needs_no_naming(tmp_path: Path) -> None:
    file = written(tmp_path, opened("2026-03-03"))
    log = read_log(replay(file, columns={"created": "opened"}), CLOCK, ("world",), CHANNELS)
    assert log.region.tolist() == [0]


def test_tickets_without_a_region_are_taken_for_the_named_one(tmp_path: Path) -> None:
    text = "opened,where\n2026-03-03,?\n2026-03-04,americas\n"
    log = read(tmp_path, text, columns={"created": "opened", "region": "where"}, region="europe")
    assert log.region.tolist() == [1, 0]
    assert "1 ticket without a region: taken for europe" in log.notices


def test_a_region_called_na_is_not_missing(tmp_path: Path) -> None:
    file = written(tmp_path, "opened,where\n2026-03-03,NA\n")
    keys: dict[str, Any] = {"columns": {"created": "opened", "region": "where"}}
    assert read_log(replay(file, **keys), CLOCK, ("EU", "NA"), CHANNELS).region.tolist() == [1]
    assert read(tmp_path, "opened,where\n2026-03-03,NA\n", **keys, regions={"NA": "americas"}).region.tolist() == [0]


def test_regions_that_differ_by_case_alone_are_told_apart(tmp_path: Path) -> None:
    file = written(tmp_path, "opened,where\n2026-03-03,eu\n2026-03-04,EU\n")
    log = read_log(replay(file, columns={"created": "opened", "region": "where"}), CLOCK, ("EU", "eu"), CHANNELS)
    assert log.region.tolist() == [1, 0]


def test_what_the_user_says_comes_before_the_names(tmp_path: Path) -> None:
    text = "opened,priority\n2026-03-03,P1\n2026-03-04,1\n"
    log = read(
        tmp_path, text, columns={"created": "opened", "priority": "priority"}, region="europe",
        priorities={"P1": "P4", "1": "P1"},
    )  # fmt: skip
    assert log.priority.tolist() == [3, 0]


@given(order=st.permutations(range(len(FULL.splitlines()) - 3)))
def test_the_order_of_the_rows_does_not_matter(tmp_path_factory: pytest.TempPathFactory, order: list[int]) -> None:
    header, *rows = [row for row in FULL.splitlines() if not row.startswith("A2")]
    shuffled = "\n".join([header, *(rows[i] for i in order)])
    plain, other = (
        read(tmp_path_factory.mktemp("log"), text, **MAPPED) for text in ("\n".join([header, *rows]), shuffled)
    )
    assert sorted(_tickets(other)) == sorted(_tickets(plain))
    assert (np.diff(other.created) >= 0).all()
    assert [order[n] for n in other.number] == plain.number.tolist()


def _tickets(log: TicketLog) -> list[tuple[int, ...]]:
    columns = (log.created, log.region, log.priority, log.channel, log.customer_class)
    return list(zip(*(column.tolist() for column in columns), strict=True))


# ---- files


def test_packed_logs_read_like_plain_ones(tmp_path: Path) -> None:
    plain = read(tmp_path, FULL, **MAPPED)
    with zipfile.ZipFile(tmp_path / "log.zip", "w") as archive:
        archive.writestr("folder/", "")
        archive.writestr("folder/export.csv", FULL)
        archive.writestr("__MACOSX/._export.csv", "a shadow")
    packed = read(tmp_path, gzip.compress(FULL.encode()), "log.CSV.GZ", **MAPPED)
    zipped = read_log(replay(str(tmp_path / "log.zip"), **MAPPED), CLOCK, REGIONS, CHANNELS)
    assert _tickets(packed) == _tickets(zipped) == _tickets(plain)


@pytest.mark.parametrize("end", ["\n", "\r\n", "\r"])
def test_byte_order_mark_line_ends_blanks_and_spaces_are_tolerated(tmp_path: Path, end: str) -> None:
    text = "\ufeff opened ,x\n\n 2026-03-03 ,1\n\n\n2026-03-04,2\n\n".replace("\n", end)
    assert read(tmp_path, text, **DATES_ONLY).created.tolist() == [DAY, 2 * DAY]


def test_texts_beyond_ascii_are_read(tmp_path: Path) -> None:
    text = "opened,where\n2026-03-03,São Paulo\n"
    keys: dict[str, Any] = {"columns": {"created": "opened", "region": "where"}, "regions": {"São Paulo": "americas"}}
    assert read(tmp_path, text, **keys).region.tolist() == [0]


def test_a_missing_file_names_its_neighbour(tmp_path: Path) -> None:
    written(tmp_path, FULL, "tickets.csv")
    with pytest.raises(DataError) as caught:
        read_log(replay(str(tmp_path / "ticket.csv"), **MAPPED), CLOCK, REGIONS, CHANNELS)
    assert str(caught.value) == f"{tmp_path}/ticket.csv: no such file; did you mean tickets.csv?"


def test_a_file_in_a_missing_folder_is_refused(tmp_path: Path) -> None:
    with pytest.raises(DataError, match=r"no/log.csv: no such file$"):
        read_log(replay(str(tmp_path / "no" / "log.csv"), **MAPPED), CLOCK, REGIONS, CHANNELS)


def test_a_folder_is_refused(tmp_path: Path) -> None:
    with pytest.raises(DataError, match="cannot be read: Is a directory"):
        read_log(replay(str(tmp_path), **MAPPED), CLOCK, REGIONS, CHANNELS)


@pytest.mark.parametrize("text", ["", "\n\n", "\ufeff"])
def test_an_empty_file_is_refused(tmp_path: Path, text: str) -> None:
    expected = "log.csv: is empty; expected a line with the names of the columns, and then one for each row"
    assert refusals(tmp_path, text, **DATES_ONLY) == [expected]


def test_a_header_alone_is_refused(tmp_path: Path) -> None:
    assert refusals(tmp_path, "opened\n\n", **DATES_ONLY) == ["log.csv: has no rows below the names of its columns"]


@pytest.mark.parametrize(("mark", "shown"), [(";", "';'"), ("\t", r"'\t'"), ("|", "'|'")])
def test_other_separators_are_named(tmp_path: Path, mark: str, shown: str) -> None:
    message = f"log.csv:1: fields must be separated by commas; found {shown} between the columns' names"
    assert refusals(tmp_path, FULL.replace(",", mark), **MAPPED) == [message]


def test_a_zip_must_hold_one_file(tmp_path: Path) -> None:
    for names, held in ((["a.csv", "b.csv"], "2 ('a.csv', 'b.csv')"), ([], "0")):
        with zipfile.ZipFile(tmp_path / "log.zip", "w") as archive:
            for name in names:
                archive.writestr(name, FULL)
        with pytest.raises(DataError) as caught:
            read_log(replay(str(tmp_path / "log.zip"), **MAPPED), CLOCK, REGIONS, CHANNELS)
        assert str(caught.value) == f"{tmp_path}/log.zip: a .zip must hold exactly one file; it holds {held}"


@pytest.mark.parametrize("name", ["log.csv.gz", "log.zip"])
def test_what_only_pretends_to_be_packed_is_refused(tmp_path: Path, name: str) -> None:
    (message,) = refusals(tmp_path, FULL, name, **MAPPED)
    kind = name[name.rindex(".") :]
    assert message.startswith(f"{name}: cannot be unpacked: it is damaged, locked, or no {kind} file (")


def _zipped() -> bytes:
    from io import BytesIO

    with zipfile.ZipFile(held := BytesIO(), "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("log.csv", FULL)
    return held.getvalue()


PACKED = {"log.csv.gz": gzip.compress(FULL.encode(), mtime=0), "log.zip": _zipped()}


@pytest.mark.parametrize("name", PACKED)
@given(where=st.floats(0, 1), change=st.integers(0, 255))
@example(where=0.5, change=0)
def test_damage_to_a_packed_log_is_refused_or_harmless(
    tmp_path_factory: pytest.TempPathFactory, name: str, where: float, change: int
) -> None:
    packed = bytearray(PACKED[name])
    at = int(where * (len(packed) - 1))
    damaged = packed[:at] if change == 0 else packed
    if change:
        damaged[at] ^= change
    try:
        read(tmp_path_factory.mktemp("log"), bytes(damaged), name, **MAPPED)
    except DataError as error:
        assert name in str(error)  # noqa: PT017 - either outcome is right


@pytest.mark.parametrize(
    ("content", "message"),
    [
        ("opened\n2026-03-03\nZürich".encode("latin-1"), "log.csv:3: must be a CSV file in UTF-8; found the byte 0xfc"),
        ("opened\n".encode("utf-16"), "log.csv: must be a CSV file in UTF-8; it looks like UTF-16"),
        (_zipped(), "log.csv: must be a CSV file in UTF-8; it looks like a .zip or Excel file"),
        (gzip.compress(FULL.encode()), "log.csv: must be a CSV file in UTF-8; it looks like a .gz file"),
    ],
)
def test_what_is_no_utf_8_is_refused(tmp_path: Path, content: bytes, message: str) -> None:
    assert refusals(tmp_path, content, **DATES_ONLY) == [message]


def test_rows_of_another_length_are_refused_with_the_line_of_the_first(tmp_path: Path) -> None:
    text = 'opened,x\n2026-03-03,"two\nlines"\n\n2026-03-03\n2026-03-03,1,2\n2026-03-03,\n'
    message = "log.csv:5: must have 2 fields as the header has; found 1 (2 rows of another length)"
    assert refusals(tmp_path, text, **DATES_ONLY) == [message]


def test_an_open_quotation_mark_is_refused_where_its_row_begins(tmp_path: Path) -> None:
    text = 'opened,x\n2026-03-03,1\n2026-03-04,"2\n2026-03-05,3\n'
    message = "log.csv:3: no CSV: unexpected end of data; is a quotation mark missing in the row that begins here?"
    assert refusals(tmp_path, text, **DATES_ONLY) == [message]


# ---- dates


def test_iso_dates_may_mix_offsets_and_precision(tmp_path: Path) -> None:
    texts = ["2026-03-03", "2026-03-03 10", "2026-03-03T10:00Z", "2026-03-03 10:00:00+02:00", "2026-03-03T10:00-0330",
             "20260303T100000", "2026-03-03 10:00:00.1239 +01"]  # fmt: skip
    log = read(tmp_path, opened(*texts), zone="Asia/Singapore", **DATES_ONLY)
    expected = utc(
        "2026-03-02 16:00", "2026-03-03 02:00", "2026-03-03 10:00", "2026-03-03 08:00", "2026-03-03 13:30",
        "2026-03-03 02:00", "2026-03-03 09:00:00.123",
    )  # fmt: skip
    assert log.created[np.argsort(log.number)].tolist() == expected


def test_dates_of_another_form_are_read_with_it(tmp_path: Path) -> None:
    log = read(tmp_path, opened("3/3/2026 4:05", "12/03/2026 10:00"), date_format="%d/%m/%Y %H:%M", **DATES_ONLY)
    assert log.created.tolist() == utc("2026-03-03 04:05", "2026-03-12 10:00")


def test_a_form_with_an_offset_overrules_the_zone(tmp_path: Path) -> None:
    keys = {"date_format": "%d.%m.%Y %H:%M %z", "zone": "Asia/Tokyo", **DATES_ONLY}
    assert read(tmp_path, opened("03.03.2026 04:05 -0500"), **keys).created.tolist() == utc("2026-03-03 09:05")


SPRING_AND_AUTUMN = [
    # zone, local time, its instant: skipped times land as much later as was skipped, doubled ones are the first
    ("Europe/London", "2026-03-29 00:59", "2026-03-29 00:59"),
    ("Europe/London", "2026-03-29 01:30", "2026-03-29 01:30"),
    ("Europe/London", "2026-03-29 02:30", "2026-03-29 01:30"),
    ("Europe/London", "2026-10-25 00:30", "2026-10-24 23:30"),
    ("Europe/London", "2026-10-25 01:30", "2026-10-25 00:30"),
    ("Europe/London", "2026-10-25 02:00", "2026-10-25 02:00"),
    ("America/Sao_Paulo", "2018-11-03 23:59", "2018-11-04 02:59"),
    ("America/Sao_Paulo", "2018-11-04 00:30", "2018-11-04 03:30"),
    ("America/Sao_Paulo", "2018-11-04 01:30", "2018-11-04 03:30"),
    ("America/Sao_Paulo", "2019-02-16 22:59", "2019-02-17 00:59"),
    ("America/Sao_Paulo", "2019-02-16 23:30", "2019-02-17 01:30"),
    ("America/Sao_Paulo", "2019-02-17 00:00", "2019-02-17 03:00"),
    ("America/Sao_Paulo", "2026-02-15 00:00", "2026-02-15 03:00"),
    ("Australia/Sydney", "2026-10-04 01:59", "2026-10-03 15:59"),
    ("Australia/Sydney", "2026-10-04 02:30", "2026-10-03 16:30"),
    ("Australia/Sydney", "2026-10-04 03:30", "2026-10-03 16:30"),
    ("Australia/Sydney", "2026-04-05 02:30", "2026-04-04 15:30"),
    ("Australia/Sydney", "2026-04-05 03:00", "2026-04-04 17:00"),
    ("Australia/Lord_Howe", "2026-10-04 02:15", "2026-10-03 15:45"),
]


@pytest.mark.parametrize(("zone", "local", "instant"), SPRING_AND_AUTUMN)
def test_local_times_follow_the_clocks_of_the_zone(tmp_path: Path, zone: str, local: str, instant: str) -> None:
    clock = Clock.starting(date.fromisoformat(local[:10]) - timedelta(days=2), 4, 0)
    (created,) = read(tmp_path, opened(local), clock=clock, zone=zone, **DATES_ONLY).created
    assert f"{clock.instant(created):%Y-%m-%d %H:%M}" == instant


ZONES = ["UTC", "Europe/London", "America/Sao_Paulo", "Australia/Sydney", "Australia/Lord_Howe", "Pacific/Apia",
         "Africa/Casablanca", "America/St_Johns", "Asia/Kathmandu"]  # fmt: skip


@given(
    zone=st.sampled_from(ZONES),
    walls=st.lists(st.datetimes(datetime(2010, 1, 1), datetime(2027, 1, 1)), min_size=1, max_size=20),  # noqa: DTZ001 - local
)
def test_occurrences_agree_with_the_clock_and_with_zoneinfo(zone: str, walls: list[datetime]) -> None:
    midnights = [day_number(wall.date()) * DAY for wall in walls]
    after = [(wall.hour * 60 + wall.minute) * MINUTE + wall.second * SECOND for wall in walls]
    first, last = occurrences(CLOCK, zone, np.array(midnights) + np.array(after))
    expected = [wall_to_epoch(zone, wall.date(), ms) for wall, ms in zip(walls, after, strict=True)]
    assert (first + CLOCK.origin).tolist() == expected
    again = [epoch_ms(wall.replace(microsecond=0, tzinfo=ZoneInfo(zone), fold=1)) for wall in walls]
    assert (last + CLOCK.origin).tolist() == [max(pair) for pair in zip(expected, again, strict=True)]


def test_a_time_shown_twice_has_two_occurrences() -> None:
    wall = np.array([day_number(date(2026, 10, 25)) * DAY + HOUR])
    first, last = occurrences(CLOCK, "Europe/London", wall)
    assert (last - first).tolist() == [HOUR]


def test_unreadable_dates_are_shown_with_their_counts(tmp_path: Path) -> None:
    texts = ["2026-03-03", "soon", "31/12/2026", "soon", "now", "today", "2026-02-30", "9999-12-31", "16-3-1"]
    assert refusals(tmp_path, opened(*texts), **DATES_ONLY) == [
        (
            "log.csv:3: opened: must hold dates from 1971 to 2199 in ISO 8601, such as 2026-03-02 09:30; say in"
            " demand.replay.date_format if they have another form, such as %d/%m/%Y %H:%M; 8 rows cannot be read:"
            " 'soon' (2 rows), '31/12/2026' (1 row), 'now' (1 row), 'today' (1 row), '2026-02-30' (1 row)"
            " and 2 other texts"
        )
    ]


def test_dates_that_do_not_fit_the_form_are_shown(tmp_path: Path) -> None:
    text = opened("03/03/2026 10:00", "2026-03-03 10:00", "13/13/2026 10:00")
    assert refusals(tmp_path, text, date_format="%d/%m/%Y %H:%M", **DATES_ONLY) == [
        (
            "log.csv:3: opened: must hold dates from 1971 to 2199 of the form %d/%m/%Y %H:%M (demand.replay"
            ".date_format); 2 rows cannot be read: '2026-03-03 10:00' (1 row), '13/13/2026 10:00' (1 row)"
        )
    ]


@pytest.mark.parametrize(
    ("form", "why"),
    [
        ("mixed", "it has no directive such as %Y"),
        ("", "it has no directive such as %Y"),
        ("%Y/%Q", "'Q' is a bad directive in format '%Y/%Q'"),
        ("%Y %d %d", "it has a part of the date twice"),
        ("%d/%m %H:%M", "it has no year, such as %Y"),
        ("%d %%Y", "it has no year, such as %Y"),
    ],
)
def test_a_form_that_strptime_does_not_know_is_refused(tmp_path: Path, form: str, why: str) -> None:
    (message,) = refusals(tmp_path, opened("2026-03-03"), date_format=form, **DATES_ONLY)
    start = "log.csv: demand.replay.date_format: must be a form in strptime's notation, such as %d/%m/%Y %H:%M; found"
    assert message == f"{start} {form!r}: {why}"


# ---- columns and values


def test_missing_columns_are_named_together_with_their_neighbours(tmp_path: Path) -> None:
    columns = {"created": "opend", "id": "number", "priority": "urgency"}
    assert refusals(tmp_path, FULL, columns=columns, region="europe") == [
        (
            "log.csv:1: opend: no such column; the file has 'number', 'opened', 'priority', 'where', 'how' and 2 more;"
            " did you mean opened?"
        ),
        "log.csv:1: urgency: no such column; the file has 'number', 'opened', 'priority', 'where', 'how' and 2 more",
    ]


def test_a_missing_region_column_is_one_problem(tmp_path: Path) -> None:
    columns = {"created": "opened", "region": "place"}
    assert refusals(tmp_path, "opened\n2026-03-03\n", columns=columns) == [
        "log.csv:1: place: no such column; the file has 'opened'"
    ]


def test_a_column_named_twice_is_refused(tmp_path: Path) -> None:
    message = "log.csv:1: opened: the header must name this column once; found it 2 times"
    assert refusals(tmp_path, "opened,opened\n2026-03-03,2026-03-03\n", **DATES_ONLY) == [message]


def test_values_without_a_meaning_are_listed_by_how_often_they_occur(tmp_path: Path) -> None:
    rows = ["Erope", "europ", "Europe", "Europ", "Mars", "x1", "x2", "x3", "x3", "Europ", "Europ"]
    text = "opened,where\n" + "".join(f"2026-03-03,{row}\n" for row in rows)
    columns = {"created": "opened", "region": "where"}
    rest = "is none of americas, europe; say what it means in demand.replay.regions"
    assert refusals(tmp_path, text, columns=columns) == [
        f"log.csv:5: where: 'Europ' (3 rows) {rest}; did you mean europe?",
        f"log.csv:9: where: 'x3' (2 rows) {rest}",
        f"log.csv:2: where: 'Erope' (1 row) {rest}; did you mean europe?",
        f"log.csv:3: where: 'europ' (1 row) {rest}; did you mean europe?",
        f"log.csv:6: where: 'Mars' (1 row) {rest}",
        (
            "log.csv: where: 2 other texts without a meaning too; rows in all: 10; "
            'the entry "*" of demand.replay.regions can stand for all that are not named'
        ),
    ]


@pytest.mark.parametrize(
    ("key", "column", "message"),
    [
        ("priorities", "priority", "'3 - Moderate' (1 row) is none of P1, P2, P3, P4; say what it means in"),
        ("channels", "how", "'Web' (1 row) is none of phone, email; say what it means in"),
        ("classes", "who", "'VIP' (1 row) is none of enterprise, standard; say what it means in"),
    ],
)
def test_the_key_that_lacks_an_entry_is_named(tmp_path: Path, key: str, column: str, message: str) -> None:
    (found,) = refusals(tmp_path, FULL, **{**MAPPED, key: {}})
    assert found == f"log.csv:4: {column}: {message} demand.replay.{key}"


def test_a_meaning_that_does_not_exist_is_refused(tmp_path: Path) -> None:
    keys = {**MAPPED, "regions": {"EMEA": "Europa"}, "channels": {"Web": "fax"}}
    assert refusals(tmp_path, FULL, **keys) == [
        "log.csv: demand.replay.regions.EMEA: must be one of americas, europe; found 'Europa'; did you mean europe?",
        "log.csv: demand.replay.channels.Web: must be one of phone, email; found 'fax'",
    ]


def test_a_region_must_be_named_somewhere(tmp_path: Path) -> None:
    start = "log.csv: demand.replay"
    assert refusals(tmp_path, opened("2026-03-03"), columns={"created": "opened"}) == [
        (
            f"{start}.columns.region: must name the column with each ticket's region, or demand.replay.region the"
            " region of all of them"
        )
    ]
    assert refusals(tmp_path, opened("2026-03-03"), columns={"created": "opened"}, region="europa") == [
        f"{start}.region: must be one of americas, europe; found 'europa'; did you mean europe?"
    ]


def test_tickets_without_a_region_are_refused_where_none_is_named(tmp_path: Path) -> None:
    text = "opened,where\n2026-03-03,europe\n2026-03-03,\n2026-03-03,?\n"
    assert refusals(tmp_path, text, columns={"created": "opened", "region": "where"}) == [
        "log.csv:3: where: 2 tickets without a region; name theirs in demand.replay.region"
    ]


def test_everything_wrong_is_reported_at_once_and_survives_pickling(tmp_path: Path) -> None:
    text = "number,opened,priority,where\nA,soon,P1,europe\nB,2026-03-03,P5,europe\nC,2026-03-03,P1\n"
    columns = {"created": "opened", "priority": "priority", "region": "where", "channel": "how"}
    with pytest.raises(DataError) as caught:
        read(tmp_path, text, columns=columns)
    problems = caught.value.problems
    assert [(problem.line, problem.key) for problem in problems] == [
        (1, "how"),
        (4, ""),
        (2, "opened"),
        (3, "priority"),
    ]
    assert pickle.loads(pickle.dumps(caught.value)).problems == problems  # noqa: S301 - our own


def test_the_line_is_that_of_the_file_also_after_texts_of_several_lines(tmp_path: Path) -> None:
    text = 'opened,x\r\n2026-03-03,"one\r\ntwo\r\nthree"\r\n\r\nsoon,"four\r\nfive"\r\n'
    (message,) = refusals(tmp_path, text, **DATES_ONLY)
    assert message.startswith("log.csv:6: opened: ")


# ---- the log that comes with the scenarios


def test_the_sample_log_reads_as_its_scenario_expects() -> None:
    places = {"Portland": "americas", "San Diego": "americas", "London": "europe", "Singapore": "apac",
              "São Paulo": "latam", "Curitiba": "latam"}  # fmt: skip
    asked = replay(
        str(SAMPLE),
        columns={"id": "number", "created": "opened_at", "priority": "priority", "region": "location",
                 "channel": "contact_type"},
        date_format="%d/%m/%Y %H:%M",
        priorities={"1 - Critical": "P1", "2 - High": "P2", "3 - Moderate": "P3", "4 - Low": "P4"},
        regions=places,
    )  # fmt: skip
    log = read_log(asked, CLOCK, ("americas", "europe", "apac", "latam"), ("phone", "email", "chat"))
    assert [notice.split(": ", 1)[-1] for notice in log.notices[:1]] == [
        "603 rows read, 598 tickets created 2026-03-02 to 2026-09-11 UTC, 594 of them in the run"
    ]
    assert log.notices[1:] == (
        "3 rows left out: the same number as a row above",
        "2 tickets left out: no time of creation",
        "4 tickets left out: created after the run; the run covers 2026-03-02 to 2026-03-16 UTC",
        "5 tickets without a priority: drawn from demand.priorities",
        "594 tickets without a customer class: drawn from demand.enterprise",
    )
    assert np.bincount(log.region).tolist() == [198, 189, 103, 104]


# ---- real logs

MODERATE = {"1 - Critical": "P1", "2 - High": "P2", "3 - Moderate": "P3", "4 - Low": "P4"}
WAYS = ("phone", "email", "self service", "ivr", "direct opening")


@pytest.mark.realdata
@pytest.mark.parametrize(
    ("zone", "days", "stragglers"),
    [("UTC", 93, 274), ("America/Sao_Paulo", 93, 274), ("UTC", 92, 574), ("America/Sao_Paulo", 92, 581)],
)
def test_the_incident_log_as_exported(real_data: Path, zone: str, days: int, stragglers: int) -> None:
    asked = replay(
        str(real_data / "uci_servicenow" / "incident_event_log.zip"),
        columns={"id": "number", "created": "opened_at", "priority": "priority", "channel": "contact_type"},
        date_format="%d/%m/%Y %H:%M", zone=zone, region="brazil", priorities=MODERATE,
    )  # fmt: skip
    log = read_log(asked, Clock.starting(date(2016, 2, 29), days, 0), ("brazil", "elsewhere"), WAYS)
    assert "141,712 rows read, 24,918 tickets created 2016-02-29 to 2017-02-16 UTC" in log.notices[0]
    assert "116,794 rows left out: the same number as a row above" in log.notices
    assert f"{stragglers} tickets left out: created after the run" in log.notices[2]
    assert len(log) == 24_918 - stragglers
    assert np.bincount(log.priority).argmax() == 2


@pytest.mark.realdata
def test_the_incident_log_one_row_a_ticket(real_data: Path) -> None:
    asked = replay(
        str(real_data / "uci_servicenow" / "tickets.csv.gz"),
        columns={"id": "ticket", "created": "created", "priority": "priority", "channel": "channel"},
        zone="America/Sao_Paulo", region="brazil", priorities={str(n): f"P{n}" for n in range(1, 5)},
    )  # fmt: skip
    log = read_log(asked, Clock.starting(date(2016, 2, 29), 93, 0), ("brazil", "elsewhere"), WAYS)
    assert len(log) == 24_918 - 274
    assert log.created[0] == 4 * HOUR + 16 * MINUTE  # 01:16 in Brazil
    assert np.bincount(log.priority).argmax() == 2
    assert (log.channel >= 0).all()


@pytest.mark.realdata
def test_fire_calls_with_several_units_are_one_ticket_each(real_data: Path) -> None:
    asked = replay(
        str(real_data / "sf_fire" / "unit_records_2020-04.csv.gz"),
        columns={"id": "Call Number", "created": "Received DtTm", "priority": "Final Priority"},
        zone="America/Los_Angeles", region="city", priorities={"2": "P2", "3": "P1"},
    )  # fmt: skip
    log = read_log(asked, Clock.starting(date(2020, 4, 7), 15, 0), ("city",), CHANNELS)
    assert len(log) == 5_292
    assert f"{10_410 - 5_292:,} rows left out: the same number as a row above" in log.notices
    assert set(log.priority.tolist()) == {0, 1}
