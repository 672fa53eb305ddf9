"""The app as it is built here, on the settings of the environment, with the identity of whoever calls."""

from collections.abc import Mapping
from typing import Any

from sync_core.app import app, triggers
from sync_core.commands.desk import JsonObject, read_answer
from sync_core.commands.exits import WrongRequestError
from sync_core.errors import RejectedError
from sync_core.operations import doctor
from sync_core.operations.actions import answer as actions
from sync_core.operations.actions.action import to_action
from sync_core.operations.actions.parse import BY, to_person


class DeskHere:
    """Answers as the app's own functions do."""

    def ask(self, query: Mapping[str, str]) -> JsonObject:
        """Return what `GET status` answers; examining it here registers the types, to prove the right."""
        sync = app()  # what is wrong with the settings is told as it is
        if query.get("examine"):
            return doctor.tell(sync.doctor.examine())
        answer = triggers.status(query)
        return read_answer(answer.status, answer.body)

    def act(self, order: Mapping[str, Any]) -> JsonObject:
        """Do what an order says, however long it takes."""
        sync = app()
        members = {name: value for name, value in order.items() if name != BY}
        try:
            request, by = to_action(members), to_person(order.get(BY))
        except RejectedError as error:
            raise WrongRequestError(str(error)) from error
        return actions.tell(sync.actions.perform(request, by))
