"""Pictures as files, and as parts of a page."""

from __future__ import annotations

import hashlib
import json
import subprocess
import sys
from pathlib import Path
from xml.etree import ElementTree as ET

import pytest

from sim.report.findings import Findings
from sim.report.gallery import PLATES
from sim.report.pictures import Picture, inline, picture


def parsed(svg: str) -> ET.Element:
    return ET.fromstring(svg)  # noqa: S314 - our own drawing


def test_everything_that_the_run_has_is_drawn(drawn: list[Picture], findings: Findings, paged: Findings) -> None:
    assert [one.name for one in drawn] == list(PLATES)
    assert [name for name, plate in PLATES.items() if not plate.there(findings)] == ["continuity", "pages"]
    assert all(plate.there(paged) for plate in PLATES.values())


@pytest.mark.parametrize("name", ["pages", "sla", "waits"])
def test_a_second_drawing_has_the_same_bytes(drawn: list[Picture], paged: Findings, name: str) -> None:
    assert picture(name, paged) in drawn


def test_another_process_draws_the_same_bytes_from_the_folder(drawn: list[Picture], folder: Path) -> None:
    code = (
        "import sys, json, hashlib, pathlib; from sim.report.findings import Findings; "
        "from sim.report.pictures import pictures; found = pictures(Findings.read(pathlib.Path(sys.argv[1]))); "
        "print(json.dumps({p.name: [hashlib.sha256(x).hexdigest() for x in p[1:]] for p in found}))"
    )
    there = subprocess.run([sys.executable, "-c", code, str(folder)], check=True, capture_output=True, text=True)
    here = {
        one.name: [hashlib.sha256(content).hexdigest() for content in one[1:]]
        for one in drawn
        if one.name not in {"continuity", "pages"}
    }
    assert json.loads(there.stdout) == here


def test_files_tell_no_date_and_no_program(drawn: list[Picture]) -> None:
    for one in drawn:
        assert one.png.startswith(b"\x89PNG")
        assert b"Software" not in one.png
        assert b"<dc:date>" not in one.svg
        assert b"Matplotlib v" not in one.svg


def test_letters_are_shapes_so_no_name_is_text(drawn: list[Picture]) -> None:
    for one in drawn:
        root = parsed(inline(one, "a title"))
        assert not [element for element in root.iter() if element.tag in {"text", "script", "style", "metadata"}]
        assert not [element for element in root.iter() if (element.text or "").strip()]


def test_in_a_page_every_picture_has_identifiers_of_its_own_and_all_are_found(drawn: list[Picture]) -> None:
    seen: set[str] = set()
    for one in drawn:
        root = parsed(inline(one, "title"))
        own = [element.attrib["id"] for element in root.iter() if "id" in element.attrib]
        assert len(own) == len(set(own))
        assert not seen & set(own)
        seen |= set(own)
        linked = {element.attrib["href"][1:] for element in root.iter() if "href" in element.attrib}
        urls = {
            part.split(")")[0]
            for element in root.iter()
            for value in element.attrib.values()
            for part in value.split("url(#")[1:]
        }
        assert linked | urls == set(own)


def test_in_a_page_a_picture_has_a_name_and_the_size_that_the_page_gives_it(drawn: list[Picture]) -> None:
    root = parsed(inline(drawn[0], 'who "is" <there>'))
    assert root.attrib == {"viewBox": root.attrib["viewBox"], "role": "img", "aria-label": 'who "is" <there>'}


def test_letters_keep_their_size_in_a_page(drawn: list[Picture]) -> None:
    for one in drawn:
        short, full = inline(one, ""), one.svg.decode()
        for scale in ("scale(0.08 -0.08)", "scale(0.09 -0.09)", "scale(0.07 -0.07)"):
            assert short.count(scale) == full.count(scale)
    assert any("scale(0.08 -0.08)" in inline(one, "") for one in drawn)
