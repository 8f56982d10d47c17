"""What is no news is not indexed, and the report, the dry run and the output say how much of it there was."""

import shutil
from collections.abc import Callable
from pathlib import Path

import orjson
import pytest

from indexer.build.dry_run import survey
from indexer.build.reading_plan import ReadingPlan
from indexer.errors import SourceError
from indexer.generations import store
from indexer.generations.report import BuildReport
from indexer.notice import left_out
from indexer.sources.files import Choice
from indexer.terminal.printing import print_report, print_survey

Build = Callable[..., BuildReport]
NEWS = "The old lighthouse at Kelpness gets a keeper again, the first in forty years."


@pytest.fixture
def news(tmp_path: Path) -> Path:
    folder = tmp_path / "news"
    folder.mkdir()
    (folder / "a.txt").write_text(NEWS)
    return folder


def test_files_that_are_not_read_are_in_the_report_the_dry_run_and_the_output(
    build: Build, news: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    for name in ("1.xyz", "2.xyz", "b.abc"):
        (news / name).write_text("?")
    report = build(news)
    expected = [left_out(str(news), "3 files not read: 2 .xyz, 1 .abc")]
    assert (report.articles, report.left_out, report.skipped) == (1, expected, [])
    kept = orjson.loads((store.open_current(news.parent / "index").folder / "report.json").read_bytes())
    listed = [{"origin": str(news), "reason": expected[0].reason}]
    assert kept["left_out"] == listed
    assert BuildReport.from_dict(kept).left_out == expected
    found = survey(ReadingPlan([str(news)], Choice()), news.parent / "index")
    assert found.report.left_out == expected
    assert found.as_dict()["left_out"] == listed
    print_report(report, news)
    print_survey(found, [str(news)])
    printed = " ".join(capsys.readouterr().out.split())
    assert printed.count(f"1 left out: {news}: 3 files not read: 2 .xyz, 1 .abc") == 2


def test_what_is_left_out_does_not_make_a_strict_build_fail(build: Build, news: Path) -> None:
    (news / "1.xyz").write_text("?")
    assert build(news, strict=True).articles == 1


def test_a_rebuild_notices_other_files_that_are_not_read(build: Build, news: Path) -> None:
    build(news)
    assert build(news, only_if_changed=True).unchanged
    (news / "1.xyz").write_text("?")
    report = build(news, only_if_changed=True)
    assert (report.unchanged, report.left_out) == (False, [left_out(str(news), "1 file not read: 1 .xyz")])


def test_a_link_that_leads_nowhere_is_named_and_read_once_it_leads_somewhere(build: Build, news: Path) -> None:
    (news / "b.txt").symlink_to("../late.txt")
    report = build(news)
    assert [(each.origin, each.reason) for each in report.skipped] == [
        (f"{news}/b.txt", "is a link that leads nowhere: ../late.txt")
    ]
    (news.parent / "late.txt").write_text("It rained on the fair at Pell, and nobody went home.")
    report = build(news)
    assert (report.articles, report.skipped) == (2, [])


def test_an_index_among_the_news_is_no_news(build: Build, news: Path) -> None:
    assert build(news, index="news/index").articles == 1
    (news / "a.txt").rename(news / "c.txt")
    (news / "c.txt").write_text("Kelpness is to lose its lighthouse after all, says the ministry.")
    assert build(news, index="news/index").articles == 1
    for name in ("copy", "moved/deeper"):
        (news / name).parent.mkdir(exist_ok=True)
        shutil.copytree(news / "index", news / name)
    (news / "index" / "CURRENT").unlink()
    report = build(news, index="elsewhere")
    assert (report.files, report.articles, report.left_out) == (1, 1, [])


def test_an_index_in_place_of_news_is_refused(build: Build, news: Path) -> None:
    build(news)
    with pytest.raises(SourceError, match=r"/index is an index of Dateline, not news: wanted a folder of news"):
        build(news.parent / "index", index="other")
