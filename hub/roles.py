"""Who may do what on the hub: roles, groups and tokens' scopes, no wider than the course needs."""

from handin.service.students import HAND_IN, student_group

DESK = "desk"
IDLE_CULLER = "idle-culler"


def grader_group(course_id: str) -> str:
    """The hub's group of the instructor and the TAs, by nbgrader's own naming."""
    return f"formgrade-{course_id}"


def course_roles(course_id: str) -> list[dict]:
    """The entries for `JupyterHub.load_roles`.

    Students reach the hand-in service, graders the desk. The hand-in service may ask who is in which group, and
    nothing else. The desk asks with the token of its visitor, so it needs no scope.
    """
    return [
        {
            "name": f"student-{course_id}",
            "description": f"Hands in for {course_id}",
            "groups": [student_group(course_id)],
            "scopes": [f"access:services!service={HAND_IN}"],
        },
        {
            "name": f"grader-{course_id}",
            "description": f"Grades {course_id}",
            "groups": [grader_group(course_id)],
            "scopes": [f"access:services!service={DESK}", "list:services", f"read:services!service={DESK}"],
        },
        {
            "name": HAND_IN,
            "description": "Sees who is in the course",
            "services": [HAND_IN],
            "scopes": ["read:users:name", "read:users:groups"],
        },
    ]


def formgrader_role(course_id: str) -> dict:
    """Graders reach the server that they share, a service by the course's id; nobody else does."""
    scopes = [f"access:services!service={course_id}", f"read:services!service={course_id}"]
    return {"name": f"formgrader-{course_id}", "groups": [grader_group(course_id)], "scopes": scopes}


def culler_role() -> dict:
    """What jupyterhub-idle-culler documents that it needs, and no more."""
    scopes = ["list:users", "read:users:activity", "read:servers", "delete:servers"]
    return {"name": IDLE_CULLER, "services": [IDLE_CULLER], "scopes": scopes}


# What the token in a user's own server may do, if its user may. nbgrader asks with it which courses the user is in, the
# course list which services there are, and `submit` hands in with it.
SERVER_TOKEN_SCOPES = [
    "users:activity!user",
    "access:servers!server",
    "read:users:name!user",
    "read:users:groups!user",
    f"access:services!service={HAND_IN}",
    "list:services",
    "read:services",
]
