import pytest

from hub.class_site import SiteError, read_site

NEEDED = {"grader": '"nobody"', "course": '"/srv/c"', "exchange": '"/srv/e"', "for_students": '"/opt/s"'}


def write(tmp_path, **entries):
    path = tmp_path / "hub.toml"
    path.write_text("".join(f"{name} = {value}\n" for name, value in (NEEDED | entries).items() if value))
    return path


def test_a_short_file_is_enough(tmp_path):
    site = read_site(write(tmp_path, instructors='["Prof.X"]', tas='["t@uni"]', students='["Ada.Lovelace"]'))
    assert site.staff == ["Prof.X", "t@uni"] and site.students == ["Ada.Lovelace"]
    assert (str(site.course), site.course_id, site.memory) == ("/srv/c", "attention101", "3G")


@pytest.mark.parametrize(
    "entries, said",
    [
        ({"grader": None}, "lacks the entry 'grader'"),
        ({"grader": '"no-such-account-here"'}, "useradd"),
        ({"grader": '"root"'}, "must not be root"),
        ({"course": '"relative"'}, "course must be an absolute path"),
        ({"memory": "3"}, "memory must be a text"),
        ({"cpus": '"1"'}, "cpus must be a number"),
        ({"cpus": "true"}, "cpus must be a number"),
        ({"students": '"ada"'}, "students must be a list"),
        ({"students": "[1]"}, "list of texts"),
        ({"ports": "[1, 2]"}, "five different numbers"),
        ({"subdomains": '"https://hub.example.org"'}, "proxy in Python cannot serve subdomains"),
        ({"colour": '"red"'}, "unknown entry 'colour'"),
        ({"tas": '["ada"]', "students": '["ada"]'}, "'ada' is staff and a student"),
        ({"students": "["}, "no TOML"),
    ],
)
def test_what_is_wrong_is_said(entries, said, tmp_path):
    with pytest.raises(SiteError, match=said) as error:
        read_site(write(tmp_path, **entries))
    assert "hub.toml" in str(error.value)


def test_a_missing_file_is_named(tmp_path):
    with pytest.raises(SiteError, match=r"nothing\.toml.*ATTENTION101_SITE"):
        read_site(tmp_path / "nothing.toml")
