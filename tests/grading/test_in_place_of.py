"""Functions of ours in the place of a method."""

from grading.in_place_of import in_place_of


class Converter:
    def start(self, words: str) -> str:
        return f"plain {words}"


class Autograde(Converter):
    pass


def configure(zone: str) -> None:
    @in_place_of(Autograde, "start")
    def ends(plain, self, words: str) -> str:
        return f"{plain(self, words)}, ended"

    @in_place_of(Autograde, "start")
    def begins(plain, self, words: str) -> str:
        return f"{zone}, {plain(self, words)}"


def test_several_stand_around_the_method_and_each_once():
    configure("UTC")
    configure("Europe/Berlin")
    assert Autograde().start("work") == "Europe/Berlin, plain work, ended"
    assert Autograde.start.__name__ == "start"
    assert Converter().start("work") == "plain work"
