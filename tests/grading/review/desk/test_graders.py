"""Who of a hub's users may enter, and how the desk finds out that it is a hub's service."""

import pytest

from course.checkout import CourseError
from grading.review.desk.command import is_hub_service
from grading.review.desk.graders import grader_group, hub_place, may_enter

GROUP = "formgrade-attention101"


@pytest.mark.parametrize(
    "user, enters",
    [
        ({"name": "tess", "groups": [GROUP]}, True),
        ({"name": "tess", "kind": "user", "groups": ["x", GROUP], "admin": False}, True),
        ({"name": "root", "groups": [], "admin": True}, True),
        ({"name": "stu", "groups": []}, False),
        ({"name": "stu", "groups": ["nbgrader-attention101"]}, False),
        ({"name": "stu", "groups": [f"{GROUP}-2", "formgrade"]}, False),
        ({"name": "stu"}, False),
        ({"name": "stu", "groups": None, "admin": None}, False),
        ({"name": "stu", "groups": [], "admin": "no"}, False),
        ({"name": GROUP, "groups": []}, False),
        ({"name": "exchange", "kind": "service", "admin": True, "groups": [GROUP]}, False),
    ],
)
def test_members_of_the_group_and_admins_enter(user, enters):
    assert may_enter(user, GROUP) is enters


@pytest.mark.parametrize("setting, group", [("", GROUP), ("  ", GROUP), ("tas", "tas"), (" tas ", "tas")])
def test_the_group_is_nbgraders_unless_the_setting_names_another(setting, group):
    assert grader_group(setting, "attention101") == group


SERVICE = {"JUPYTERHUB_SERVICE_PREFIX": "/services/desk/", "JUPYTERHUB_API_TOKEN": "secret"}


@pytest.mark.parametrize(
    "environment, is_one",
    [(SERVICE, True), ({}, False), (SERVICE | {"JUPYTERHUB_USER": "tess"}, False)]
    + [(SERVICE | {name: ""}, False) for name in SERVICE],
)
def test_a_service_is_told_from_a_terminal_on_the_hub(environment, is_one):
    assert is_hub_service(environment) is is_one


@pytest.mark.parametrize(
    "url, prefix, place",
    [
        ("http://127.0.0.1:10101", "/services/desk/", ("127.0.0.1", 10101, "/services/desk/")),
        ("http://desk:80/", "/hub/services/desk", ("desk", 80, "/hub/services/desk/")),
    ],
)
def test_the_hub_says_where_the_service_is(url, prefix, place):
    assert hub_place({"JUPYTERHUB_SERVICE_URL": url, "JUPYTERHUB_SERVICE_PREFIX": prefix}) == place


@pytest.mark.parametrize("url", ["", "127.0.0.1:80", "http://127.0.0.1", "http://127.0.0.1:port", "http://[::1"])
def test_a_service_without_an_address_is_told_so(url):
    with pytest.raises(CourseError, match="JUPYTERHUB_SERVICE_URL.*jupyterhub_config.py"):
        hub_place({"JUPYTERHUB_SERVICE_URL": url, "JUPYTERHUB_SERVICE_PREFIX": "/services/desk/"})
