from __future__ import annotations

import os
import stat
from pathlib import Path

from support.command import Terminalless
from support.rooms import script


def test_a_backup_is_private_in_the_homes_own_folder_and_opens_as_a_home(
    agentchat: Terminalless, tmp_path: Path
) -> None:
    agentchat("run", "Trams or buses?", "--model", script(tmp_path), "--rounds", "1")
    made = agentchat("backup")
    assert made.code == 0
    assert "1 session," in made.err
    assert "sound" in made.err
    copy = Path(made.out.strip())
    assert copy.parent == Path(os.environ["AGENTCHAT_HOME"]) / "backups"
    assert [stat.S_IMODE(each.stat().st_mode) for each in (copy.parent, copy)] == [0o700, 0o600]
    elsewhere = tmp_path / "elsewhere"
    (elsewhere / "sessions").mkdir(parents=True)
    copy.rename(elsewhere / "sessions" / "agentchat.db")
    assert "Trams or buses?" in agentchat("sessions", "list", "--home", str(elsewhere)).out


def test_a_backup_never_takes_the_place_of_a_file_unasked(agentchat: Terminalless, tmp_path: Path) -> None:
    assert agentchat("backup", "copy.db").code == 2, "there is nothing yet"
    agentchat("run", "Trams or buses?", "--model", script(tmp_path), "--rounds", "1")
    Path("copy.db").write_text("Mine.")
    refused = agentchat("sessions", "backup", "copy.db")
    assert (refused.code, Path("copy.db").read_text()) == (1, "Mine.")
    assert "--force" in refused.err
    assert agentchat("backup", "--force", "copy.db").code == 0
    assert agentchat("backup", str(tmp_path / "nowhere" / "copy.db")).code == 2
