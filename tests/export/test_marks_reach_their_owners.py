"""No mark at anybody else's name, whatever the class: a short run. ``python -m tests.export.made_classes 10000`` is the long one."""

from __future__ import annotations

from hypothesis import HealthCheck, given, settings

from tests.export.made_classes import MadeClass, classes, send_through_everything


@settings(max_examples=25, deadline=None, suppress_health_check=list(HealthCheck))
@given(made=classes())
def test_no_mark_reaches_anybody_else(made: MadeClass) -> None:
    send_through_everything(made)
