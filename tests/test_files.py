"""Files of a source: which are read, which are left out, each once, and what is said where none can be read."""

import hashlib
import io
import os
import socket
import subprocess
import tarfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from indexer.article import Article
from indexer.build.reading_plan import RebuildRequest, plan_reading
from indexer.errors import SourceError
from indexer.generations import store
from indexer.generations.report import BuildReport
from indexer.notice import Notice, flagged, left_out, skipped
from indexer.sources.content import FileContent
from indexer.sources.context import ReadingContext
from indexer.sources.files import Choice, SourceFile, find_files
from indexer.sources.inputs import FeedAddress, StandardInput, find_inputs

Build = Callable[..., BuildReport]
TEXT = "The ferry ran aground on Thursday."
WANTED = (
    "wanted a folder of news, or a file of text, Markdown, HTML, RSS, Atom, JSON, JSON Lines, CSV, TSV, Parquet, "
    "Arrow, WARC, PDF, Word, OpenDocument, RTF, spreadsheets, e-mail or dumps of a wiki, packed or in an archive"
)
NOBODY = 65534


@pytest.fixture
def news(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A folder to write news into; the working directory is the one above it, and sources are named from there."""
    tmp_path.chmod(0o755)
    monkeypatch.chdir(tmp_path)
    Path("news").mkdir()
    return Path("news")


@contextmanager
def anybody() -> Iterator[None]:
    """Let permissions count: the superuser, who may read everything, becomes nobody for a while."""
    superuser = os.geteuid() == 0
    if superuser:
        os.seteuid(NOBODY)
    try:
        yield
    finally:
        if superuser:
            os.seteuid(0)


def write(path: Path, content: str = TEXT) -> Path:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(content, encoding="utf-8")
    return path


def found(*sources: Path) -> list[tuple[str, str]]:
    return [(file.path.as_posix(), file.article_id) for file in find_files(sources).files]


def refusal(*sources: Path) -> tuple[str, str]:
    with pytest.raises(SourceError, match=r"\w") as caught:
        find_files(sources)
    return caught.value.message, caught.value.hint


def test_folder_is_read_to_its_depths_in_the_order_of_names(news: Path) -> None:
    for name in ("b.txt", "a/z.jsonl", "a/b/c/deep.ndjson", "a.txt", "C.TXT"):
        write(news / name)
    assert found(news) == [
        ("news/C.TXT", "C"),
        ("news/a/b/c/deep.ndjson", "a/b/c/deep"),
        ("news/a/z.jsonl", "a/z"),
        ("news/a.txt", "a"),
        ("news/b.txt", "b"),
    ]


def test_hidden_files_readmes_and_other_formats_are_left_out_of_a_folder(news: Path) -> None:
    for name in (
        ".hidden.txt",
        ".git/a.txt",
        "a/.cache/b.txt",
        "README.txt",
        "a/readme.jsonl",
        "a.pptx",
        "b.mp4",
        "txt",
    ):
        write(news / name)
    write(news / "a" / "README-not.txt")
    assert found(news) == [("news/a/README-not.txt", "a/README-not")]


def test_folder_that_is_hidden_itself_is_read_when_it_is_named(news: Path) -> None:
    write(news / ".inbox" / "a.txt")
    assert found(news / ".inbox") == [("news/.inbox/a.txt", "a")]


def test_readme_is_read_when_it_is_named(news: Path) -> None:
    assert found(write(news / "README.txt")) == [("news/README.txt", "README")]


def test_current_folder_is_a_source(news: Path) -> None:
    write(news / "a.txt")
    assert found(Path()) == [("news/a.txt", "news/a")]


def test_only_the_last_suffix_is_left_out_of_a_name(news: Path) -> None:
    assert found(write(news / "report.2025.txt")) == [("news/report.2025.txt", "report.2025")]


def test_files_of_the_same_name_in_two_folders_are_both_kept(news: Path) -> None:
    write(news / "a" / "x.txt")
    write(news / "b" / "x.txt")
    assert found(news) == [("news/a/x.txt", "a/x"), ("news/b/x.txt", "b/x")]
    assert found(news / "a", news / "b") == [("news/a/x.txt", "x"), ("news/b/x.txt", "news/b/x.txt")]


def test_name_of_one_source_never_takes_the_name_of_another(news: Path) -> None:
    for name in ("c/news/b/x.txt", "a/x.txt", "b/x.txt"):
        write(news / name)
    names = [name for _, name in found(news / "c", news / "a", news / "b")]
    assert names == ["news/b/x", "x", "news/b/x.txt"]


def test_file_by_two_paths_is_read_once_under_the_first(news: Path) -> None:
    path = write(news / "a.txt")
    (news / "link.txt").symlink_to("a.txt")
    assert found(news) == [("news/a.txt", "a")]
    assert found(news / "link.txt", path, news, path.resolve(), news / ".." / "news") == [("news/link.txt", "link")]


def test_missing_source_is_refused(news: Path) -> None:
    write(news / "a.txt")
    expected = (f"news/gone does not exist: {WANTED}", "rebuild-index FOLDER_OR_FILE")
    assert refusal(news, news / "gone") == expected


def test_link_that_leads_nowhere_is_refused_when_named_and_a_notice_in_a_folder(news: Path) -> None:
    write(news / "a.txt")
    (news / "link.txt").symlink_to("gone.txt")
    (news / "2024").symlink_to("../gone")
    (news / ".hidden.txt").symlink_to("gone.txt")
    assert refusal(news / "link.txt")[0] == f"news/link.txt does not exist: {WANTED}"
    assert found(news) == [("news/a.txt", "a")]
    inputs = find_inputs(["news"], Choice())
    assert [item for each in inputs.read[1:] for item in each.items(ReadingContext())] == [
        skipped("news/2024", "is a link that leads nowhere: ../gone"),
        skipped("news/link.txt", "is a link that leads nowhere: gone.txt"),
    ]


def test_linked_folder_is_read_as_a_linked_file_is(news: Path) -> None:
    write(Path("archive/deep/b.txt"))
    write(Path("single.txt"))
    (news / "2024").symlink_to("../archive")
    (news / "c.txt").symlink_to("../single.txt")
    assert found(news) == [("news/2024/deep/b.txt", "2024/deep/b"), ("news/c.txt", "c")]


def test_loops_of_links_end(news: Path) -> None:
    write(news / "a.txt")
    (news / "again").symlink_to(".")
    (news / "deep").mkdir()
    (news / "deep/up").symlink_to("..")
    (news / "self").symlink_to("self")
    assert found(news) == [("news/a.txt", "a")]


def test_folder_that_is_reached_twice_is_read_once_where_it_lies(news: Path) -> None:
    write(news / "z/a.txt")
    (news / "link").symlink_to("z")
    (news / "other").symlink_to("z")
    assert found(news) == [("news/z/a.txt", "z/a")]
    write(Path("archive/b.txt"))
    (news / "first").symlink_to("../archive")
    (news / "second").symlink_to("../archive")
    assert found(news, Path("archive")) == [("news/first/b.txt", "first/b"), ("news/z/a.txt", "z/a")]


def _said(folder: Path, choice: Choice | None = None) -> list[Notice]:
    inputs = find_inputs([str(folder)], choice or Choice())
    return [
        *inputs.notices,
        *(item for each in inputs.read for item in each.items(ReadingContext()) if isinstance(item, Notice)),
    ]


def test_links_that_lead_out_of_a_source_are_followed_and_counted(news: Path) -> None:
    for name in ("archive/b.txt", "archive/deep/c.txt", "single.txt", "news/a.txt"):
        write(Path(name))
    (news / "2024").symlink_to("../archive")
    (news / "2024-again").symlink_to("../archive")
    (news / "more").mkdir()
    (news / "more" / "s.txt").symlink_to("../../single.txt")
    (news / "inside.txt").symlink_to("a.txt")
    (news / "also-inside").symlink_to("more")
    assert [name for name, _ in found(news)] == [
        "news/2024/b.txt",
        "news/2024/deep/c.txt",
        "news/a.txt",
        "news/more/s.txt",
    ]
    assert _said(news) == [
        flagged(
            "news",
            f"2 links lead out of it and are followed, such as 2024 to {Path('archive').resolve()}: "
            "--no-follow-links leaves them out",
        )
    ]


def test_links_are_left_out_and_counted_where_they_must_not_be_followed(news: Path) -> None:
    for name in ("archive/b.txt", "single.txt", "news/a.txt"):
        write(Path(name))
    (news / "2024").symlink_to("../archive")
    (news / "c.txt").symlink_to("../single.txt")
    (news / "gone.txt").symlink_to("nowhere")
    (news / "inside.txt").symlink_to("a.txt")
    choice = Choice(follow_links=False)
    assert [file.path.name for file in find_files([news], choice).files] == ["a.txt"]
    assert _said(news, choice) == [left_out("news", "4 links are not followed, such as 2024")]
    assert [each.path.name for each in find_files([news / "c.txt"], choice).files] == ["c.txt"], "it was named itself"


def test_whether_links_are_followed_is_remembered(build: Build, news: Path, tmp_path: Path) -> None:
    write(news / "a.txt")
    write(Path("single.txt"), "The bank raised its rates on Monday.")
    (news / "c.txt").symlink_to("../single.txt")
    assert build(news.resolve(), choice=Choice(follow_links=False)).articles == 1
    reading = plan_reading(tmp_path / "index", RebuildRequest())
    assert reading.choice.follow_links is False
    assert plan_reading(tmp_path / "index", RebuildRequest(follow_links=True)).choice.follow_links
    assert plan_reading(tmp_path / "index", RebuildRequest(["news"])).choice.follow_links


def test_what_is_no_file_is_named(news: Path) -> None:
    write(news / "a.txt")
    os.mkfifo(news / "pipe.txt")
    (news / "null.txt").symlink_to("/dev/null")
    with socket.socket(socket.AF_UNIX) as listening:
        listening.bind("news/socket")
        said = _said(news)
    assert said == [
        skipped("news/null.txt", "is a device, not a file"),
        skipped("news/pipe.txt", "is a named pipe, not a file"),
        skipped("news/socket", "is a socket, not a file"),
    ]
    assert found(news) == [("news/a.txt", "a")]


def test_folders_thousands_deep_are_read_as_deep_as_the_system_goes_and_the_rest_is_named(
    news: Path, request: pytest.FixtureRequest
) -> None:
    """The system opens no path of more than 4,095 bytes, but it makes folders step by step."""
    write(news / "a.txt")
    request.addfinalizer(lambda: subprocess.run(["rm", "-rf", news / "d"], check=True))
    here = os.open(news, os.O_RDONLY)
    for level in range(2_500):
        if level in {1_000, 2_400}:
            os.close(os.open("deep.txt", os.O_CREAT | os.O_WRONLY, dir_fd=here))
        os.mkdir("d", dir_fd=here)
        below = os.open("d", os.O_RDONLY, dir_fd=here)
        os.close(here)
        here = below
    os.close(here)
    inputs = find_inputs(["news"], Choice())
    assert [len(each.name[0].split("/")) for each in inputs.read if isinstance(each, SourceFile)] == [2, 1_002]
    (deep,) = [each for each in inputs.read if not isinstance(each, SourceFile)]
    (notice,) = deep.items(ReadingContext())
    assert isinstance(notice, Notice)
    assert notice.origin == f"news{'/d' * 148}..."
    assert notice.reason.startswith("lies too deep: the system takes no path of that length")


def test_files_that_are_not_read_are_counted_by_their_endings(news: Path) -> None:
    for name in ("a.txt", "1.xyz", "b/2.XYZ", "3.abc", "nothing", ".4.abc", "b/README", "Thumbs.db", "~$a.docx"):
        write(news / name, "?")
    assert find_inputs(["news"], Choice()).notices == (
        left_out("news", "4 files not read: 2 .xyz, 1 .abc, 1 without an ending"),
    )
    assert find_inputs(["news"], Choice(exclude=["*.xyz", "*.XYZ", "nothing"])).notices == (
        left_out("news", "1 file not read: 1 .abc"),
    )
    assert find_inputs(["news/a.txt"], Choice()).notices == ()


def test_of_many_endings_the_most_frequent_are_listed(news: Path) -> None:
    write(news / "a.txt")
    for number in range(12):
        for copy in range(12 - number):
            write(news / f"{copy}.x{number:02d}", "?")
    (notice,) = find_inputs(["news"], Choice()).notices
    listed = ", ".join(f"{12 - number} .x{number:02d}" for number in range(8))
    assert notice.reason == f"78 files not read: {listed}, 10 others"


def test_an_index_among_the_news_is_no_news(news: Path) -> None:
    write(news / "a.txt")
    write(news / "data" / "b.txt")
    assert found(news) == [("news/a.txt", "a"), ("news/data/b.txt", "data/b")]
    files = find_files([news], None, lambda folder: folder.name == "data").files
    assert [each.article_id for each in files] == ["a"]
    with pytest.raises(SourceError, match=r"^news/data is an index of Dateline, not news: wanted a folder"):
        find_files([news / "data"], None, lambda folder: folder.name == "data")


def test_empty_folder_is_refused(news: Path) -> None:
    write(news / "notes.xyz")
    expected = (f"no news found in news; 1 file not read: 1 .xyz: {WANTED}", "rebuild-index FOLDER_OR_FILE")
    assert refusal(news) == expected


def test_no_source_is_refused() -> None:
    assert refusal()[0] == f"no news found in nothing: {WANTED}"


def test_file_of_another_format_is_refused_when_it_is_named(news: Path) -> None:
    expected = (f"news/a.pptx is of a format that is not read: {WANTED}", "rebuild-index FOLDER_OR_FILE")
    assert refusal(write(news / "a.pptx")) == expected


def test_what_is_neither_file_nor_folder_is_refused(news: Path) -> None:
    os.mkfifo(news / "pipe.txt")
    assert refusal(news / "pipe.txt")[0] == f"news/pipe.txt cannot be read as news: {WANTED}"


def test_name_that_no_file_can_have_is_refused() -> None:
    name = "n" * 300
    assert refusal(Path(name)) == (f"{name} cannot be read: File name too long", "check its name and permissions")


def test_folder_that_may_not_be_listed_is_refused_and_never_passed_over(news: Path) -> None:
    write(news / "a.txt")
    locked = write(news / "locked" / "b.txt").parent
    locked.chmod(0o000)
    with anybody():
        said = refusal(news)
    locked.chmod(0o700)
    assert said == ("news/locked cannot be read: Permission denied", "check its name and permissions")


def test_a_file_that_is_a_hole_is_not_read(news: Path) -> None:
    with write(news / "hole.jsonl").open("wb") as hole:
        hole.truncate(2**34)
    (notice,) = SourceFile(news / "hole.jsonl", "hole").items()
    assert isinstance(notice, Notice)
    assert notice.reason == "has 17,179,869,184 bytes, of which nearly none are stored: it is a hole, not news"
    assert SourceFile(news / "hole.jsonl", "hole").content().digest.startswith("(17179869184, ")


def test_file_that_may_not_be_read_is_a_notice(news: Path) -> None:
    write(news / "a.txt").chmod(0o000)
    with anybody():
        (file,) = find_files([news]).files
        assert list(file.items()) == [skipped("news/a.txt", "cannot be read: Permission denied")]


def test_articles_of_each_format_are_read(news: Path) -> None:
    (text,) = SourceFile(write(news / "a.TXT"), "a").items()
    (record,) = SourceFile(write(news / "b.ndjson", '{"id": "7", "text": "One."}'), "b").items()
    assert isinstance(text, Article)
    assert isinstance(record, Article)
    assert (text.id, text.body, record.id, record.body) == ("a", TEXT, "7", "One.")


@pytest.mark.parametrize("name", ["gone.txt", "gone.jsonl"])
def test_file_that_is_gone_when_it_is_read_is_a_notice(news: Path, name: str) -> None:
    path = news / name
    assert list(SourceFile(path, "a").items()) == [skipped(f"news/{name}", "cannot be read: No such file or directory")]


@pytest.mark.parametrize("name", ["folder.txt", "folder.jsonl"])
def test_folder_in_place_of_a_file_is_a_notice(news: Path, name: str) -> None:
    (news / name).mkdir()
    assert list(SourceFile(news / name, "a").items()) == [skipped(f"news/{name}", "cannot be read: Is a directory")]


def test_inputs_of_every_kind_are_found_once_and_can_be_handed_over(news: Path) -> None:
    write(news / "a.txt")
    feed = "https://bote.example/feed"
    inputs = find_inputs(["-", "news", feed, "news/a.txt", "-", feed], Choice()).read
    assert inputs == (SourceFile(Path("news/a.txt"), "a"), StandardInput(), FeedAddress(feed))
    assert len(set(inputs)) == 3
    assert [each.name for each in inputs] == [("news/a.txt", "a"), ("-",), (feed,)]


def test_only_a_file_has_a_content_and_a_stamp_before_it_is_read(news: Path) -> None:
    write(news / "a.txt")
    os.utime(news / "a.txt", ns=(1, 17))
    file, *others = find_inputs(["news", "-", "https://bote.example/feed"], Choice()).read
    sha256 = hashlib.sha256(TEXT.encode()).hexdigest()
    assert (file.content(), file.stamp()) == (FileContent(sha256, (len(TEXT), 17)), (len(TEXT), 17))
    assert [(each.content(), each.stamp()) for each in others] == [(None, None)] * 2
    (news / "a.txt").unlink()
    assert (file.content(), file.stamp()) == (FileContent("No such file or directory", None), None)


def test_names_that_are_no_utf_8_are_shown_with_their_bytes(build: Build, tmp_path: Path) -> None:
    folder = tmp_path / os.fsdecode(b"caf\xe9")
    folder.mkdir()
    (folder / os.fsdecode(b"f\xe4hre.txt")).write_text(TEXT)
    (folder / os.fsdecode(b"kaputt\xff.jsonl")).write_text("no JSON")
    with tarfile.open(folder / "more.tar", "w") as archive:
        member = tarfile.TarInfo(os.fsdecode(b"r\xe9cif.txt"))
        member.size = len(TEXT)
        archive.addfile(member, io.BytesIO(TEXT.replace("ferry", "barge").encode()))
    report = build(folder)
    assert (report.articles, [notice.origin for notice in report.skipped]) == (
        2,
        [f"{tmp_path}/caf\\xe9/kaputt\\xff.jsonl:1"],
    )
    tables = store.open_current(tmp_path / "index").tables
    assert tables.article_column("id").tolist() == ["f\\xe4hre", "r\\xe9cif"]
    assert tables.article_column("origin").tolist() == [
        f"{tmp_path}/caf\\xe9/f\\xe4hre.txt",
        f"{tmp_path}/caf\\xe9/more.tar!r\\xe9cif.txt",
    ]
    assert build(folder, only_if_changed=True).unchanged
