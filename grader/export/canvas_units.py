"""What is sent to Canvas together: one student's mark and comment, or a group's.

A group that Canvas grades as one gets one grade and one comment; where members are graded apart, each gets the grade and all one comment.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence

import msgspec

from grader.export.canvas_client import Assignment, Message, Standing
from grader.export.plan import AGAIN, Plan
from grader.export.recipients import Recipient
from grader.model import Student, Value


class Delivery(Value, frozen=True):
    """What one student gets."""

    person: Recipient
    user: str
    grade: str
    message: Message


class Unit(Value, frozen=True):
    """What is sent together: grades at `grades` (path and mark that stands there), one message, and whose lines it makes."""

    people: tuple[tuple[Recipient, str], ...]
    grade: str
    grades: tuple[str, ...]
    path: str
    message: Message


def units_of(
    plan: Plan, deliveries: Sequence[Delivery], assignment: Assignment, standings: Sequence[Standing]
) -> list[Unit]:
    """Who Canvas has, joined by its own number, login or anonymous id; members of one group together."""
    by_login: dict[str, list[Standing]] = defaultdict(list)
    for standing in standings:
        for login in {login.casefold() for login in standing.logins}:
            by_login[login].append(standing)
    known = {one.number: one for one in standings if one.number} | {
        one.anonymous: one for one in standings if one.anonymous
    }
    groups: dict[str, list[tuple[Delivery, Standing]]] = defaultdict(list)
    taken: set[str] = set()
    for delivery in deliveries:
        login = delivery.user.removeprefix("sis_login_id:")
        fitting = (
            by_login.get(login.casefold(), [])
            if login != delivery.user
            else [known[login]]
            if login in known
            else []
        )
        if len(fitting) != 1:
            plan.hold(delivery.person, "no such student in Canvas's assignment")
        elif fitting[0].path in taken:
            plan.hold(delivery.person, AGAIN)
        else:
            taken.add(fitting[0].path)
            group = fitting[0].group if assignment.groups else ""
            groups[f"group {group}" if group else fitting[0].path].append((delivery, fitting[0]))
    units: list[Unit] = []
    for key, found in groups.items():
        members = [one for one in standings if one.group and f"group {one.group}" == key]
        units += _group_units(plan, found, members, assignment) if members else _single(plan, found)
    return units


def _single(plan: Plan, found: Sequence[tuple[Delivery, Standing]]) -> list[Unit]:
    units = []
    for delivery, standing in found:
        if standing.excused:
            plan.hold(delivery.person, "excused in Canvas", now="EX")
        elif reason := plan.needs_yes(standing.mark, delivery.grade):
            plan.hold(delivery.person, reason, now=standing.mark, to_come=delivery.grade)
        else:
            people = ((delivery.person, standing.mark),)
            units.append(Unit(people, delivery.grade, (standing.path,), standing.path, delivery.message))
    return units


def _group_units(
    plan: Plan,
    found: Sequence[tuple[Delivery, Standing]],
    members: Sequence[Standing],
    assignment: Assignment,
) -> list[Unit]:
    """One unit for a group whose members get the same; the members that nobody named have handed in with it."""
    first = found[0][0]
    if any((one.grade, one.message) != (first.grade, first.message) for one, _ in found):
        if not assignment.together:
            return _single(plan, found)
        for delivery, standing in found:
            reason = "Canvas grades its group as one, and marks of its members differ: have it assign grades to each student"
            plan.hold(delivery.person, reason, now=standing.mark, to_come=delivery.grade)
        return []
    named = {standing.path: delivery.person for delivery, standing in found}
    people = [
        (
            named.get(one.path) or Recipient(first.person.result, Student(one.number, one.name), alone=False),
            one,
        )
        for one in members
    ]
    standing_marks = [one.mark for _, one in people if not one.excused]
    reason = next((why for mark in standing_marks if (why := plan.needs_yes(mark, first.grade))), "")
    if reason or any(one.excused for _, one in people if assignment.together):
        for person, one in people:
            plan.hold(
                person,
                reason or "a member of its group is excused in Canvas",
                now=one.mark,
                to_come=first.grade,
            )
        return []
    graded = [(person, one) for person, one in people if not one.excused]
    paths = [found[0][1].path] if assignment.together else [one.path for _, one in graded]
    message = msgspec.structs.replace(first.message, group=True)
    return [
        Unit(
            tuple((person, one.mark) for person, one in graded),
            first.grade,
            tuple(paths),
            found[0][1].path,
            message,
        )
    ]
