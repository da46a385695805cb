from pathlib import Path

import pytest

from hopecare import env
from hopecare.runtime.home import Home, HomeError


def test_sockets_lie_below_a_plain_home() -> None:
    assert Home(Path("/srv/hope")).sockets == Path("/srv/hope/run")


@pytest.mark.parametrize("path", ["/srv/희망 케어", "/srv/with space", "/srv/" + "long/" * 30])
def test_a_path_that_sockets_cannot_bear_gets_a_short_one_of_its_own(path: str) -> None:
    sockets = Home(Path(path)).sockets
    assert len(str(sockets)) < 80 and " " not in str(sockets) and str(sockets).isascii()
    assert sockets != Home(Path(path + "2")).sockets


def test_addresses_can_be_read_back() -> None:
    entry = env.database(Home(Path("/srv/hope")).database_url("hopecare_web"))
    assert (entry["USER"], entry["NAME"], entry["HOST"]) == ("hopecare_web", "hopecare", "/srv/hope/run/db")


def test_everything_is_closed_to_others(tmp_path: Path) -> None:
    home = Home(tmp_path / "home")
    home.make()
    assert {oct(path.stat().st_mode & 0o777) for path in (home.path, home.keys, home.files, home.sockets)} == {"0o700"}


def test_a_socket_folder_that_somebody_put_there_is_refused(tmp_path: Path) -> None:
    home = Home(tmp_path / "with space")
    (tmp_path / "elsewhere").mkdir()
    home.sockets.symlink_to(tmp_path / "elsewhere")
    try:
        with pytest.raises(HomeError, match="belongs to somebody else"):
            home.make()
    finally:
        home.sockets.unlink()


def test_a_home_has_one_holder(tmp_path: Path) -> None:
    home = Home(tmp_path)
    with home.locked() as first, home.locked() as second:
        assert (first, second) == (True, False)
    with home.locked() as again:
        assert again
