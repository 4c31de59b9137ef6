"""The wheel works alone, from any folder; nothing in the lock runs by itself; nothing private ships."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
import tarfile
import zipfile
from importlib.metadata import PackageNotFoundError, files
from pathlib import Path

import pytest

HOST = re.compile(r"https?://|file:|(^|\s)(-i|-f|--(extra-)?index-url|--find-links)\b", re.MULTILINE)
PIN = re.compile(r"^([a-z0-9-]+)==", re.MULTILINE)


def sh(*words: str | Path, cwd: Path, **env: str) -> str:
    run = subprocess.run(words, cwd=cwd, env=os.environ | env, capture_output=True, text=True, check=False)
    assert run.returncode == 0, f"{words}\n{run.stdout}\n{run.stderr}"
    return run.stdout


@pytest.fixture(scope="module")
def built(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The folder with the source archive of a checkout in use, and the wheel built from that archive."""
    root, work = Path(__file__).parents[1], tmp_path_factory.mktemp("built")
    tracked = sh("git", "ls-files", "-z", "--cached", "--others", "--exclude-standard", cwd=root).split("\0")
    for name in tracked:
        if (root / name).is_file():
            (work / name).parent.mkdir(parents=True, exist_ok=True)
            shutil.copyfile(root / name, work / name)
    (work / "sessions").mkdir(exist_ok=True)
    for private in ("agentchat.db", "agentchat.db-wal"):
        (work / "sessions" / private).write_text("what was said here")
    dist = work / "dist"
    sh(sys.executable, "-m", "hatchling", "build", "--target", "sdist", cwd=work)
    with tarfile.open(next(dist.glob("*.tar.gz"))) as archive:
        archive.extractall(work / "unpacked", filter="data")
    source = next((work / "unpacked").iterdir())
    sh(sys.executable, "-m", "hatchling", "build", "--target", "wheel", "--directory", dist, cwd=source)
    return dist


def names(archive: Path) -> list[str]:
    if archive.suffix == ".whl":
        return zipfile.ZipFile(archive).namelist()
    with tarfile.open(archive) as opened:
        return [name.partition("/")[2] for name in opened.getnames()]


def test_the_wheel_has_every_module_style_sheet_persona_and_session(root: Path, built: Path) -> None:
    tracked = sh("git", "ls-files", "agentchat", "personas", "sessions", cwd=root).split()
    there = (name for name in tracked if (root / name).exists())
    expected = {name if name.startswith("agentchat/") else f"agentchat/{name}" for name in there}
    assert expected - set(names(next(built.glob("*.whl")))) == set()


def test_no_database_ships(built: Path) -> None:
    shipped = [name for archive in built.iterdir() for name in names(archive)]
    assert [name for name in shipped if ".db" in Path(name).name] == []


def test_the_wheel_works_from_any_folder_in_an_empty_environment(root: Path, built: Path, tmp_path: Path) -> None:
    venv, elsewhere = tmp_path / "venv", tmp_path / "elsewhere"
    elsewhere.mkdir()
    uv, python = Path(sys.executable).with_name("uv"), venv / "bin" / "python"
    sh(sys.executable, "-m", "venv", "--without-pip", venv, cwd=tmp_path)
    wheel = next(built.glob("*.whl"))
    lock = root / "requirements.lock"
    sh(
        uv,
        "pip",
        "install",
        "--python",
        python,
        "--constraint",
        lock,
        f"agentchat[local] @ {wheel.as_uri()}",
        cwd=tmp_path,
    )
    site = Path(sh(python, "-c", "import sysconfig; print(sysconfig.get_path('purelib'))", cwd=elsewhere).strip())
    assert list(site.glob("*.pth")) == []

    def agentchat(*words: str) -> str:
        return sh(venv / "bin" / "agentchat", *words, cwd=elsewhere)

    assert agentchat("--version").split()[-1] == wheel.name.split("-")[1]
    personas = agentchat("personas", "list").casefold()
    assert [file.stem for file in (root / "personas").glob("[a-z]*.md") if file.stem not in personas] == []
    assert "discussion" in agentchat("modes", "list")

    # A bundle made here is the same session there, with no key and no network.
    bundle = tmp_path / "talk.jsonl"
    sh(sys.executable, "-m", "agentchat", "sessions", "export", "demo", "--output", bundle, cwd=root)
    alone = ("unshare", "-rn") if subprocess.run(("unshare", "-rn", "true"), check=False).returncode == 0 else ()

    def offline(*words: str | Path) -> str:
        return sh(*alone, venv / "bin" / "agentchat", "--home", tmp_path / "home", *words, cwd=elsewhere)

    session = offline("sessions", "import", bundle).strip()
    assert offline("sessions", "export", session, "--output", "-") == bundle.read_text("utf-8")
    assert "young families" in offline("replay", session, "--format", "text", "--speed", "instant")

    # In a network of its own, where nothing can be reached, and without any key or model.
    apart = ("unshare", "--net") if os.geteuid() == 0 and shutil.which("unshare") else ()
    instant = ("replay", "demo", "--format", "text", "--speed", "instant")
    played = sh(*apart, venv / "bin" / "agentchat", *instant, cwd=elsewhere)
    assert "Cleo, sceptic" in played


def test_nothing_in_the_lock_runs_by_itself_at_every_start(root: Path) -> None:
    carried = []
    for package in PIN.findall((root / "requirements.lock").read_text("utf-8")):
        try:
            carried += [file for file in files(package) or () if file.suffix == ".pth"]
        except PackageNotFoundError:  # meant for another platform
            continue
    assert carried == []


def test_the_lock_names_no_registry_and_pins_every_package_by_hash(root: Path) -> None:
    lock = (root / "requirements.lock").read_text("utf-8")
    assert HOST.search(lock) is None
    assert all("--hash=sha256:" in block for block in re.split(r"\n(?=[a-z])", lock))
