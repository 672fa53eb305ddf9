"""The protections of the app, each with a way to take it out and the test that must fail then.

`docs/reliability.md` shows them to people; `python -m tests.protections --table` writes its tables. A protection is
taken out by replacing one piece of the source, `before`, by another, `after`; the piece must stand there exactly once.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

FLOWS = "tests/integration/sync_core/flows"
LINEAGE = "tests/integration/sync_core/lineage"
CLIENTS = "tests/integration/sync_core/clients"
STATE = "tests/integration/sync_core/state"
FAULTS = "tests/faults"
UNIT = "tests/unit/sync_core"
SECURITY = "tests/security"


@dataclass(frozen=True)
class Protection:
    """One protection: its name, where it stands, how it is taken out, the test that fails then, and what it caught."""

    name: str
    file: str
    before: str
    after: str
    test: str
    caught: str

    def take_out(self, source: str) -> str:
        """Return the source without the protection.

        Raises:
            LookupError: the piece does not stand there exactly once; the catalog is out of date.
        """
        if source.count(self.before) != 1:
            raise LookupError(f"{self.name}: {self.before!r} stands {source.count(self.before)} times in {self.file}")
        return source.replace(self.before, self.after)


ONE_GROUP = (
    Protection(
        "one worker at a time is at an asset",
        "sync_core/state/leases.py",
        "        if left_s > 0:\n",
        "        if left_s > 10**6:\n",
        f"{FAULTS}/test_provisioning.py::test_an_asset_that_another_worker_is_at_is_left_to_it",
        "a second worker made a group while the first one held the asset",
    ),
    Protection(
        "a claim is renewed right before each creation, so that a worker that was overtaken makes nothing",
        "sync_core/flows/provision.py",
        "        claim.renew()\n        return self.cluedin.create_group(name)",
        "        return self.cluedin.create_group(name)",
        f"{FAULTS}/test_provisioning.py::test_a_worker_that_was_overtaken_makes_nothing_more",
        "a worker whose claim had ended made a group beside its successor's",
    ),
    Protection(
        "a claim is renewed right before the source is made, too",
        "sync_core/flows/provision.py",
        "            claim.renew()\n            with _looked_at_again():\n",
        "            with _looked_at_again():\n",
        f"{FAULTS}/test_provisioning.py::test_a_worker_that_was_overtaken_makes_no_source_in_a_group_that_stands",
        "a worker whose claim had ended made a source beside its successor",
    ),
    Protection(
        "look up before create",
        "sync_core/flows/provision.py",
        "found, shown = self.find_group.find(record)",
        "found, shown = None, []",
        f"{FLOWS}/test_provision.py::test_a_lost_answer_never_makes_a_second_one",
        "after a lost answer a second group stood beside the first",
    ),
    Protection(
        "look for the source before making it",
        "sync_core/flows/provision.py",
        "source = own_source(record, group) if group else None",
        "source = None",
        f"{FLOWS}/test_provision.py::test_a_lost_answer_never_makes_a_second_one",
        "after a lost answer the group had two sources",
    ),
    Protection(
        "a group that is found belongs to one asset: an atomic insert",
        "sync_core/flows/find_group.py",
        "if may_claim() and self.groups.claim_group(group.id, record.key):",
        "if may_claim():",
        f"{FLOWS}/test_provision.py::test_assets_of_one_qualified_name_but_two_types_share_nothing",
        "two assets of one qualified name shared a group",
    ),
    Protection(
        "a group that is made belongs to one asset: an atomic insert",
        "sync_core/flows/provision.py",
        "if self.groups.claim_new_group(made.id, record.key, age_s):",
        "if True:",
        f"{FLOWS}/test_provision.py::test_assets_of_one_qualified_name_but_two_types_share_nothing",
        "two assets of one qualified name shared a group",
    ),
    Protection(
        "a plain name belongs to the asset that was first to use it",
        "sync_core/flows/provision.py",
        "if plain not in taken and self.groups.claim_name(plain, record.key):",
        "if plain not in taken:",
        f"{FAULTS}/test_provisioning.py::test_assets_of_one_name_whose_answers_are_lost_all_get_groups_of_their_own",
        "of same-named assets whose answers were lost, one left an empty group behind",
    ),
    Protection(
        "the ownership of a saved group is proved again",
        "sync_core/flows/provision.py",
        "if not self.groups.claim_group(record.group_id, record.key):",
        "if False:",
        f"{FAULTS}/test_provisioning.py::test_a_half_made_group_whose_owner_row_is_lost_is_not_shared",
        "with the ownership rows lost, two assets shared a group",
    ),
    Protection(
        "the name under which a group is about to be made is saved first",
        "sync_core/flows/provision.py",
        "        if record.group_name != name:\n",
        "        if False:\n",
        f"{FAULTS}/test_provisioning.py"
        "::test_an_asset_that_is_renamed_before_its_lost_group_is_found_gets_no_second_one",
        "an asset that was renamed before its lost group was found got a second one",
    ),
    Protection(
        "after an unknown outcome no one looks before CluedIn shows what was made",
        "sync_core/flows/create_data_source_group.py",
        "self.claim.leave_for(min(int(delay_s) - 1, LONGEST_SETTLE_S))",
        "self.claim.release()",
        f"{FLOWS}/test_settle.py::test_a_delivery_right_after_a_lost_answer_waits_until_cluedin_shows_what_was_made",
        "a duplicate delivery looked at once, saw nothing, and made a second group",
    ),
    Protection(
        "what timed out may still be carried out: no one looks before that is over",
        "sync_core/flows/provision.py",
        "raise TransientError(str(error), retry_after_s=LATE_S, service=error.service) from error",
        "raise",
        f"{FAULTS}/test_provisioning.py"
        "::test_what_cluedin_carries_out_after_we_gave_up_waiting_is_found_and_not_made_again",
        "the call that timed out was carried out later: a second group, or two sources",
    ),
    Protection(
        "a group that CluedIn has just made has no older owner",
        "sync_core/state/groups.py",
        "        if found is None or (found.read_at",
        "        if True or (found.read_at",
        f"{FLOWS}/test_provision.py"
        "::test_an_organization_that_was_set_up_anew_counts_ids_again_and_leaves_no_group_behind",
        "after CluedIn was set up anew, an asset left a row of empty groups",
    ),
    Protection(
        "a group that does not show yet gets no source that may be there already",
        "sync_core/flows/provision.py",
        "    except (AlreadyExistsError, NotFoundError) as error:\n",
        "    except ZeroDivisionError as error:\n",
        f"{FLOWS}/test_provision.py::test_a_new_group_that_cluedins_back_end_does_not_know_yet_gets_its_source_later",
        "the asset became a dead letter because CluedIn's back end was a moment behind",
    ),
    Protection(
        "a creation is never repeated by the HTTP door",
        "sync_core/clients/http.py",
        "stop_after_attempt(ATTEMPTS if call.idempotent else 1)",
        "stop_after_attempt(ATTEMPTS)",
        f"{CLIENTS}/test_http_retries.py"
        "::test_a_call_whose_outcome_is_unknown_is_never_repeated_if_it_is_not_idempotent",
        "one creation went out three times",
    ),
    Protection(
        "a creation does not go out when signing in took too long",
        "sync_core/clients/http.py",
        "if not call.idempotent and time.monotonic() - started > LONGEST_PREPARATION_S:",
        "if False:",
        f"{CLIENTS}/test_http_retries.py"
        "::test_a_creation_does_not_go_out_when_signing_in_used_up_the_time_of_its_claim",
        "it went out after its claim had ended",
    ),
    Protection(
        "names are compared exactly on our side",
        "sync_core/flows/find_group.py",
        "                if group.name == name:\n",
        "                if name in group.name:\n",
        f"{SECURITY}/test_hostile_names.py::test_a_name_full_of_patterns_adopts_no_group_of_another",
        "a name like a search pattern adopted a group of another",
    ),
    Protection(
        "a list of groups that is not complete is no list",
        "sync_core/clients/cluedin.py",
        "        if len(seen) < at_first:\n",
        "        if False:\n",
        f"{CLIENTS}/test_cluedin_listing.py::test_a_group_deleted_while_the_list_is_read_could_hide_another_one",
        "a group that moved to a page already read was overlooked, and would be made again",
    ),
    Protection(
        "with the state lost, CluedIn is read as a whole once",
        "sync_core/flows/find_group.py",
        "        self._ensure_inventory()\n",
        "",
        f"{FLOWS}/test_provision.py::test_with_the_state_lost_the_group_of_a_renamed_asset_is_found_again",
        "an asset renamed before the loss got a second group",
    ),
    Protection(
        "a group that a person deleted is made anew",
        "sync_core/flows/provision.py",
        "if self.clock() - record.group_at < SHOWS_UP_AFTER:",
        "if True:",
        f"{FLOWS}/test_provision.py::test_a_group_that_someone_deletes_before_its_source_is_made_is_made_anew",
        "the asset waited for the deleted group for ever",
    ),
)

LEASES = (
    Protection(
        "a lease's age is measured by the storage service's clock alone",
        "sync_core/state/leases.py",
        "- stored.age_s",
        "- (time.time() - stored.written_at.timestamp())",
        f"{FAULTS}/test_skew.py::test_workers_with_skewed_clocks_share_the_work_and_make_nothing_twice",
        "a worker with a fast clock took a lease that still held: made twice",
    ),
    Protection(
        "a lease is renewed by the one who holds it only",
        "sync_core/state/leases.py",
        "        started = self._monotonic()\n"
        "        self._etag = self._table.replace(to_row(PARTITION, self._name, row), self._etag)\n",
        "        started = self._monotonic()\n        self._table.put(to_row(PARTITION, self._name, row))\n",
        f"{STATE}/test_leases.py::test_renewing_a_lease_that_was_taken_over_says_stop",
        "a worker that had lost its lease renewed it, and both went on",
    ),
    Protection(
        "two writes within the storage's clock step differ by a counter of our own",
        "sync_core/state/leases.py",
        '        row = self._row.model_copy(update={"term": self._row.term + 1})\n        started',
        "        row = self._row\n        started",
        f"{FLOWS}/test_discover_crash.py::test_a_discovery_that_lives_is_left_alone_and_the_run_says_so",
        "a discovery that lives looked dead, or a dead one alive: the tick never ended",
    ),
    Protection(
        "a lease that was taken over stays with its new owner",
        "sync_core/state/leases.py",
        "self._table.delete(PARTITION, self._name, self._etag)",
        "self._table.delete(PARTITION, self._name)",
        f"{STATE}/test_leases.py::test_giving_back_a_lease_that_was_taken_over_leaves_it_to_its_new_owner",
        "the former owner gave the new owner's lease away",
    ),
)

NOTHING_LOST = (
    Protection(
        "work that is recorded is sent by the next tick, whatever died in between",
        "sync_core/flows/discover.py",
        "        self.take.send_due(log, keep_alive=keep_alive)\n        for service",
        "        for service",
        f"{FLOWS}/test_discover_crash.py::test_what_was_recorded_but_not_sent_is_sent_by_the_next_tick",
        "an asset looked known and was never sent",
    ),
    Protection(
        "a message that is overdue is sent again",
        "sync_core/flows/take_assets.py",
        "if stored.todo.sends and not self._is_outstanding(stored.todo):",
        "if stored.todo.sends:",
        f"{FLOWS}/test_discover_crash.py::test_a_lost_message_is_sent_again_when_it_is_overdue",
        "a lost message was never replaced",
    ),
    Protection(
        "what an empty queue has lost is sent at once",
        "sync_core/flows/reconcile.py",
        '            ("resend assets", self.take_assets.send_lost),\n',
        "",
        f"{FAULTS}/test_reconcile.py::test_what_an_empty_queue_has_lost_is_sent_at_once",
        "whoever emptied a queue waited for a quarter of an hour and more",
    ),
    Protection(
        "a queue with a message is not taken for empty",
        "sync_core/state/queues.py",
        "return not self._client.get_queue_properties().approximate_message_count",
        "return True",
        f"{STATE}/test_queues.py::test_a_queue_is_empty_only_when_no_worker_has_a_message_either",
        "each reconciliation of an outage added a message for each asset",
    ),
    Protection(
        "work that was put back is not sent a second time meanwhile",
        "sync_core/flows/create_data_source_group.py",
        "due_at = self.clock() + timedelta(seconds=delay_s) + SEND_AGAIN_AFTER",
        "due_at = self.clock()",
        f"{FAULTS}/test_reconcile.py::test_an_outage_of_hours_multiplies_no_message",
        "each quarter of an hour of an outage added a message",
    ),
    Protection(
        "that a message is put back is noted before it is sent",
        "sync_core/flows/create_data_source_group.py",
        "        times = self.assets.postpone(message",
        "        self.queue.send(message, delay_s)\n        times = self.assets.postpone(message",
        f"{FAULTS}/test_provisioning.py::test_a_work_list_that_cannot_be_written_multiplies_no_message",
        "while the note failed, 3 messages became 24",
    ),
    Protection(
        "a worker that closes a delivery takes nothing back of what others noted meanwhile",
        "sync_core/state/deliveries.py",
        "if name not in PUT_BACK",
        "",
        f"{STATE}/test_deliveries.py::test_closing_does_not_take_back_how_often_it_was_put_back",
        "copies of one message, delivered twice and four at once, became 114",
    ),
    Protection(
        "a message that newer ones replaced is dropped",
        "sync_core/domain/message.py",
        "return 0 < self.times_put_back < times_put_back - 1",
        "return False",
        f"{FAULTS}/test_storms.py::test_messages_that_come_twice_do_not_multiply_while_a_service_is_away",
        "where every second message came twice, a quarter of an hour without CluedIn made 570 of two",
    ),
    Protection(
        "the message before the newest still counts: the newest may never have been sent",
        "sync_core/domain/message.py",
        "return 0 < self.times_put_back < times_put_back - 1",
        "return 0 < self.times_put_back < times_put_back",
        f"{FAULTS}/test_provisioning.py::test_a_worker_that_dies_before_it_puts_a_message_back_loses_nothing",
        "the asset waited for a quarter of an hour until discovery sent a message again",
    ),
    Protection(
        "a queued asset whose to-do row is gone is made outstanding again",
        "sync_core/flows/look_through.py",
        "                self._reopen(key, log)\n",
        "                pass\n",
        f"{FAULTS}/test_reconcile.py::test_a_queued_asset_whose_todo_row_is_gone_is_taken_up_again",
        "the asset stayed queued for ever",
    ),
    Protection(
        "a delivery that storage does not answer is inserted once more",
        "sync_core/state/deliveries.py",
        "            return self._insert(delivery) or self._was_inserted(delivery)\n",
        "            raise\n",
        f"{FAULTS}/test_storage.py::test_a_delivery_is_taken_although_storage_does_not_answer_once",
        "a moment's silence of storage was an answer of 503",
    ),
    Protection(
        "a delivery that comes again is enqueued again: the first message may never have been sent",
        "sync_core/flows/receive_delivery.py",
        "            self._enqueue(delivery)\n",
        "            is_new and self._enqueue(delivery)\n",
        f"{LINEAGE}/test_webhook.py"
        "::test_a_delivery_that_was_kept_before_the_process_died_is_enqueued_when_it_comes_again",
        "the sender was told `duplicate`, and nothing was ever done",
    ),
    Protection(
        "a delivery that storage did not keep is answered with 503",
        "sync_core/flows/receive_delivery.py",
        "            return _not_stored(delivery.key, error)\n",
        '            return _taken(delivery, "accepted" if error else "")\n',
        f"{UNIT}/test_receive_delivery.py::test_while_storage_fails_the_sender_is_asked_to_send_again",
        "the sender was told `accepted` for a delivery that was lost",
    ),
    Protection(
        "a delivery whose message is lost is enqueued again",
        "sync_core/flows/reconcile.py",
        '            ("resend deliveries", self.heal.resend_deliveries),\n',
        "",
        f"{FAULTS}/test_reconcile.py::test_a_delivery_of_a_known_data_set_whose_message_is_lost_is_enqueued_again",
        "the delivery stayed open for ever",
    ),
    Protection(
        "the source of a retired asset whose answer was lost is found",
        "sync_core/flows/find_missed.py",
        "if one.source_id or may_have_source(one))",
        "if one.source_id)",
        f"{FAULTS}/test_reconcile.py"
        "::test_a_source_whose_asset_was_retired_before_its_answer_came_is_found_with_its_data_sets",
        "a data set that was loaded into it, and whose webhook did not come, had no lineage",
    ),
    Protection(
        "a data set whose webhook never came is found",
        "sync_core/flows/reconcile.py",
        '            steps.append(("find missed data sets", self.find_missed.run))\n',
        "            pass\n",
        f"{FAULTS}/test_reconcile.py::test_a_data_set_that_was_processed_without_a_webhook_is_found",
        "its lineage was never written",
    ),
    Protection(
        "a data set whose mapping was removed is found without a webhook, too",
        "sync_core/clients/cluedin_data_sets.py",
        "return has_results or (",
        "return (",
        f"{FAULTS}/test_reconcile.py::test_a_data_set_that_lost_its_mapping_without_a_webhook_is_found",
        "Purview showed clues and a pipeline of a mapping that was gone",
    ),
    Protection(
        "a source that cannot be read does not hide those behind it",
        "sync_core/flows/find_missed.py",
        "        finally:\n            self.cursors.save(",
        "        finally:\n            None if after else self.cursors.save(",
        f"{FAULTS}/test_reconcile.py::test_a_source_that_cannot_be_read_does_not_hide_those_behind_it",
        "the round never got past the failing source",
    ),
    Protection(
        "a dead letter whose cause is gone is replayed",
        "sync_core/flows/reconcile.py",
        '            ("replay dead letters", self.heal.replay_letters),\n',
        "",
        f"{FAULTS}/test_storms.py::test_work_that_hears_of_nothing_but_a_storm_for_a_day_is_a_dead_letter_that_heals",
        "the work stayed undone although nothing was in its way",
    ),
    Protection(
        "what a service refused is tried again without a person",
        "sync_core/mapping/replaying.py",
        'frozenset({"malformed_message", "state", "unsafe"})',
        'frozenset({"malformed_message", "state", "unsafe", "rejected"})',
        f"{FAULTS}/test_reconcile.py::test_a_refused_asset_is_synced_without_a_person_once_it_is_refused_no_longer",
        "an asset stayed refused although nothing refused it any more",
    ),
    Protection(
        "few letters are replayed while their cause may last, many after that",
        "sync_core/flows/reconcile.py",
        "        many = replays_a_run(last.letters, self.letters.ids() if last.letters else ())\n",
        "        many = 1000\n",
        f"{FAULTS}/test_reconcile.py::test_what_an_outage_left_behind_is_replayed_in_ever_larger_parts_once_it_is_over",
        "all that an outage had left went to the service that was still ill",
    ),
    Protection(
        "with `*`, records that are lost alone are found by the next tick",
        "sync_core/flows/discover_all.py",
        "is_sweep_due = is_lost or is_old",
        "is_sweep_due = is_old",
        f"{FAULTS}/test_wipes.py::test_with_all_assets_selected_lost_records_are_found_by_the_next_ticks",
        "nothing was found for a day",
    ),
    Protection(
        "a replay is noted before its message is sent",
        "sync_core/flows/replay.py",
        "        if not self.letters.note_replay(letter.letter_id, self.clock()):\n            return\n",
        "",
        f"{FAULTS}/test_reconcile.py::test_a_letter_that_is_never_mended_is_replayed_at_growing_intervals",
        "a letter was replayed every quarter of an hour",
    ),
    Protection(
        "what failed has a dead letter, also after that table was lost",
        "sync_core/flows/look_through.py",
        "            self.bury.letter(work.queue, work.work, work.cause, work.payload)\n",
        "",
        f"{FAULTS}/test_look_through.py::test_a_lost_letter_of_what_failed_is_written_again_and_can_be_replayed",
        "an asset stayed failed for good, and nobody could replay it",
    ),
    Protection(
        "the letter of what is done is closed, whoever died before",
        "sync_core/flows/look_through.py",
        "            self.bury.unbury(queue, work)\n",
        "",
        f"{FAULTS}/test_look_through.py::test_the_letter_of_a_worker_that_died_before_closing_it_is_closed",
        "a synced asset was told as given up",
    ),
    Protection(
        "a record that cannot be read stops nothing",
        "sync_core/state/table.py",
        '            logger.warning("A row is left out: %s", error)',
        '            raise\n            logger.warning("A row is left out: %s", error)',
        f"{FAULTS}/test_look_through.py::test_a_record_that_cannot_be_read_stops_nothing_and_is_told",
        "every discovery failed, for all assets",
    ),
    Protection(
        "poison is copied into the state at once",
        "sync_core/flows/bury.py",
        '            self.asset(message, StateError(cause + LAST_ERROR + last if last else cause), "poison")\n',
        "            return\n",
        f"{FLOWS}/test_bury.py::test_a_poison_message_marks_its_asset_as_failed_with_the_last_error",
        "after seven days nobody would have known",
    ),
    Protection(
        "a letter of an asset that is not recorded is dropped after a day",
        "sync_core/flows/reconcile.py",
        "self.letters.forget_unknown_assets_before(now - UNKNOWN_ASSETS_KEPT)",
        "0",
        f"{FAULTS}/test_reconcile.py::test_a_message_for_an_asset_that_is_tagged_no_longer_is_told_of_for_a_day",
        "after a loss of tables, letters stood for ever for assets that had lost their term meanwhile",
    ),
    Protection(
        "a message that is none of ours is kept with its reason",
        "sync_core/flows/create_data_source_group.py",
        "            self.bury.message(ASSET_QUEUE, body, error.code, str(error))\n",
        "",
        f"{FLOWS}/test_bury.py::test_a_malformed_message_is_dropped_and_kept_with_its_reason",
        "it vanished without a trace",
    ),
    Protection(
        "a burst of deliveries in one outage costs one attempt",
        "sync_core/mapping/backoff.py",
        "return attempts - 1 if timedelta(0)",
        "return attempts if timedelta(0)",
        f"{LINEAGE}/test_attempts.py::test_many_deliveries_in_one_short_outage_cost_one_attempt",
        "thirteen deliveries were a dead letter within seconds",
    ),
    Protection(
        "attempts are bounded, and the last one leaves a dead letter",
        "sync_core/mapping/backoff.py",
        "MOST_ATTEMPTS = 12",
        "MOST_ATTEMPTS = 10**6",
        f"{LINEAGE}/test_refusals.py::test_after_twelve_attempts_it_is_given_up",
        "work that can never succeed was tried for ever",
    ),
    Protection(
        "an asset's record and its to-do row change together",
        "sync_core/state/assets.py",
        "            if forget_todo and (attempt == 0 or",
        "            if False and (attempt == 0 or",
        f"{STATE}/test_assets.py::test_closing_an_asset_ends_its_work_in_the_same_step",
        "finished work stayed outstanding",
    ),
    Protection(
        "a change is made on top of what another worker wrote meanwhile",
        "sync_core/state/assets.py",
        'operations = [replace(row_of("record", changed), stored.etag), *others]',
        'operations = [put(row_of("record", changed)), *others]',
        f"{STATE}/test_assets.py::test_a_change_is_made_on_top_of_what_another_worker_wrote_meanwhile",
        "one worker's progress was overwritten by another's",
    ),
    Protection(
        "a bug in one step of reconcile does not keep the others from healing",
        "sync_core/flows/reconcile.py",
        "            failures.append(error)\n",
        "            raise\n",
        f"{FAULTS}/test_reconcile.py::test_a_step_that_fails_keeps_no_other_from_healing",
        "a missed webhook was not made up for",
    ),
)

PATIENCE = (
    Protection(
        "a silent identity endpoint is waited for no longer than storage",
        "sync_core/bootstrap/identity.py",
        '        "read_timeout": patience.timeout_s,\n        "retry_total": patience.retries,\n',
        "",
        f"{LINEAGE}/test_webhook.py"
        "::test_an_identity_endpoint_that_never_answers_is_answered_with_503_before_the_caller_gives_up",
        "the webhook did not answer within 30 s",
    ),
    Protection(
        "all instances leave a service alone that asked for it: provisioning",
        "sync_core/flows/create_data_source_group.py",
        "pause_s = self.pauses.wait_s(CLUEDIN.name)",
        "pause_s = 0.0",
        f"{FAULTS}/test_storms.py::test_a_storm_neither_hammers_nor_loses_anything",
        "160 calls in ten minutes to a service that answers 429, instead of under 90",
    ),
    Protection(
        "all instances leave a service alone that asked for it: discovery",
        "sync_core/flows/discover.py",
        "            if pause_s:\n",
        "            if False:\n",
        f"{FAULTS}/test_storms.py::test_a_tick_asks_nobody_while_a_service_that_it_needs_wants_to_be_left_alone",
        "a tick asked for the assignments during the pause",
    ),
    Protection(
        "all instances leave a service alone that asked for it: reconcile",
        "sync_core/flows/reconcile.py",
        "        if pause_s:\n",
        "        if False:\n",
        f"{FAULTS}/test_storms.py::test_a_reconciliation_asks_nobody_while_a_service_wants_to_be_left_alone",
        "data sets were looked for during the pause",
    ),
    Protection(
        "a request to slow down counts as no attempt",
        "sync_core/flows/attempts.py",
        "        except ThrottledError as error:\n",
        "        except ZeroDivisionError as error:\n",
        f"{LINEAGE}/test_refusals.py::test_a_request_to_slow_down_is_kept_by_all_and_a_429_counts_as_no_attempt",
        "a storm alone would have made dead letters",
    ),
    Protection(
        "work that is to slow down never comes back at once",
        "sync_core/flows/attempts.py",
        "delay_s = backoff_s(1, retry_after_s=error.retry_after_s, chance=self.chance())",
        "delay_s = error.retry_after_s or 0.0",
        f"{UNIT}/test_attempts.py::test_work_that_is_to_slow_down_waits_as_long_as_asked_for_and_never_comes_at_once",
        "no wait at all where the service did not say how long",
    ),
    Protection(
        "work is put back with a growing delay, not repeated at once",
        "sync_core/mapping/backoff.py",
        "    delay = min(FIRST_DELAY_S * 2.0 ** (attempt - 1), LONGEST_DELAY_S)\n",
        "    delay = 0.0 * attempt\n",
        f"{UNIT}/mapping/test_backoff.py::test_waits_double_up_to_a_quarter_of_an_hour",
        "no wait at all between two tries",
    ),
    Protection(
        "Retry-After is honoured",
        "sync_core/mapping/backoff.py",
        "return max(delay, retry_after_s or 0.0) + delay",
        "return delay + delay",
        f"{UNIT}/mapping/test_backoff.py::test_a_wait_is_at_least_what_the_service_asks_for_and_bounded",
        "a wait shorter than the service asked for",
    ),
    Protection(
        "a pause's age is measured by the storage service's clock alone",
        "sync_core/flows/pauses.py",
        "wait_s(read.throttle, read.age_s + self.monotonic() - read.read_at, self.chance())",
        "wait_s(read.throttle, (self.clock() - read.throttle.seen_at).total_seconds(), self.chance())",
        f"{FAULTS}/test_skew.py::test_a_pause_is_as_long_for_an_instance_with_another_clock",
        "a pause of 60 s was over at once for who is two minutes ahead",
    ),
    Protection(
        "after a pause, workers come back as a trickle",
        "sync_core/mapping/throttling.py",
        "return left_s + min(throttle.pause_s, LONGEST_SPREAD_S) * chance",
        "return left_s",
        f"{UNIT}/mapping/test_throttling.py::test_workers_come_back_one_after_the_other",
        "all came back in the same second",
    ),
)

RETIRE = (
    Protection(
        "only what is missing from two complete snapshots is retired",
        "sync_core/mapping/retirement.py",
        "GRACE_SNAPSHOTS = 2",
        "GRACE_SNAPSHOTS = 1",
        f"{FAULTS}/test_retire.py::test_an_asset_is_retired_after_two_complete_snapshots_and_people_are_told",
        "an asset was retired at the first snapshot without it",
    ),
    Protection(
        "a short page may be a server's own limit: the list is read on until nothing follows",
        "sync_core/flows/discover_by_term.py",
        "            self._read_on(seen, term_guid, page_size=1, keep_alive=keep_alive)\n",
        "            pass\n",
        f"{FLOWS}/test_discover_paging.py::test_a_server_that_caps_its_pages_hides_nothing",
        "assets behind a server's own page limit were not found",
    ),
    Protection(
        "a list that moves while it is read is not complete",
        "sync_core/flows/discover_by_term.py",
        "        if not found.seen.is_steady:\n",
        "        if False:\n",
        f"{FLOWS}/test_discover_paging.py::test_pages_without_a_stable_order_add_assets_and_retire_none",
        "healthy assets were retired because rows changed places between two pages",
    ),
    Protection(
        "a page begins with the last row of the one before, so that rows which move up are noticed",
        "sync_core/flows/assignments.py",
        "len(again) < self.overlap or not self.seen.issuperset(again) or ",
        "",
        f"{FLOWS}/test_discover_paging.py::test_a_row_that_moves_up_between_two_pages_is_not_taken_for_missing",
        "an asset that moved up between two pages counted as missing",
    ),
    Protection(
        "a term that is gone and answers with an empty list retires nothing",
        "sync_core/flows/discover_by_term.py",
        "if is_anyone_missing and self._has_other_terms(found):",
        "if False:",
        f"{FLOWS}/test_resolve_terms.py::test_a_term_that_is_gone_and_answers_with_an_empty_list_retires_nobody",
        "assets were missed because their term had been deleted",
    ),
    Protection(
        "a snapshot that a run had no time for is not complete",
        "sync_core/flows/discover_by_term.py",
        "            if self._take(found.seen.entities, log, keep_alive):\n",
        "            if self._take(found.seen.entities, log, keep_alive) or True:\n",
        f"{FLOWS}/test_long_runs.py::test_a_snapshot_that_a_run_had_no_time_for_retires_nobody",
        "an asset counted as missing in a run that had not read all assets",
    ),
    Protection(
        "while a keyword names no term, nobody counts as missing",
        "sync_core/flows/discover_by_term.py",
        "        if found.terms.unknown:\n",
        "        if False:\n",
        f"{FLOWS}/test_resolve_terms.py::test_while_a_keyword_is_unknown_nobody_counts_as_missing",
        "a renamed term's assets counted as missing",
    ),
    Protection(
        "an enumeration that breaks off retires nothing",
        "sync_core/flows/discover_by_term.py",
        "            page = self.purview.fetch_assigned_entities(term_guid, seen.terms[term_guid].offset)\n",
        "            try:\n"
        "                page = self.purview.fetch_assigned_entities(term_guid, seen.terms[term_guid].offset)\n"
        "            except Exception:\n"
        "                return\n",
        f"{FAULTS}/test_retire.py::test_an_enumeration_that_breaks_off_retires_nothing",
        "a failing page retired what stood behind it",
    ),
    Protection(
        "more than 30 % is not retired without a person's word",
        "sync_core/mapping/retirement.py",
        "return lost <= FREE_ASSETS or lost <= FREE_SHARE * (total + lately)",
        "return True",
        f"{FAULTS}/test_retire.py::test_many_assets_are_retired_only_with_a_persons_word",
        "all assets of a lost term were retired at once",
    ),
    Protection(
        "a person's word expires",
        "sync_core/mapping/retirement.py",
        "approval is not None and now < approval.expires_at and due <= approval.left",
        "approval is not None and due <= approval.left",
        f"{UNIT}/mapping/test_retirement.py::test_a_persons_word_counts_until_it_expires",
        "an old word still counted",
    ),
    Protection(
        "a loss that shows bit by bit is still one loss",
        "sync_core/mapping/retirement.py",
        "before if before is not None and now - before.since < COUNTED_TOGETHER else",
        "before if False else",
        f"{UNIT}/mapping/test_retirement.py::test_losses_of_one_day_count_together",
        "five a day, day by day, without anyone being asked",
    ),
    Protection(
        "a person's word is used up by what is retired on it",
        "sync_core/flows/retire.py",
        '        self.approvals.save(APPROVAL, approval.model_copy(update={"used": approval.used + part}))\n',
        "",
        f"{FAULTS}/test_retire_word.py::test_a_word_is_used_up_by_what_is_retired_on_it",
        "a word for some assets retired others after them",
    ),
    Protection(
        "the last few of a large loss go on the word given for all of it",
        "sync_core/flows/retire.py",
        " and not self.has_word()",
        "",
        f"{FAULTS}/test_retire_word.py::test_those_that_a_run_has_no_time_for_are_retired_by_the_next_on_the_same_word",
        "a part of a word was left over, and others could have gone on it",
    ),
    Protection(
        "a retirement ends with the time of its run",
        "sync_core/flows/retire.py",
        "        while left and self.clock() < ends_at:\n",
        "        while left:\n",
        f"{FAULTS}/test_retire_word.py"
        "::test_those_that_a_run_has_no_time_for_still_need_no_word_if_all_of_them_needed_none",
        "a large one held up discovery until the host ended it",
    ),
    Protection(
        "the next run goes on with a retirement that had no time for all",
        "sync_core/flows/discover_by_term.py",
        " or outcome is Outcome.UNFINISHED",
        "",
        f"{FAULTS}/test_retire_word.py::test_those_that_a_run_has_no_time_for_are_retired_by_the_next_on_the_same_word",
        "what was left over waited for the next change of an assignment",
    ),
    Protection(
        "with `*`, a person's word counts in the next run",
        "sync_core/flows/check_existence.py",
        "(cursor.has_left or self.retire.has_word()) and",
        "cursor.has_left and",
        f"{FAULTS}/test_retire_doubt.py::test_a_persons_word_does_not_wait_for_the_end_of_another_round",
        "with 100,000 assets a word expired before a round was over",
    ),
    Protection(
        "what is retired without a word is noted, for those that follow within a day",
        "sync_core/flows/retire.py",
        '            self.approvals.save(LATELY, lately.model_copy(update={"assets": lately.assets + part}))\n',
        "",
        f"{FAULTS}/test_retire_word.py::test_small_losses_of_one_day_that_are_a_large_one_together_need_a_word",
        "many small losses of one day were never asked about",
    ),
    Protection(
        "only snapshots in a row count",
        "sync_core/flows/retire.py",
        "        if record.guid in present and record.absent:\n",
        "        if False:\n",
        f"{FAULTS}/test_retire.py::test_only_snapshots_in_a_row_count",
        "two absences that were weeks apart retired an asset",
    ),
    Protection(
        "what an answer to many guids leaves out is not gone for that",
        "sync_core/flows/check_existence.py",
        "gone = {guid for guid, sight in seen.items() if sight is Sight.GONE}",
        "gone = set(seen)",
        f"{FAULTS}/test_retire_doubt.py::test_what_is_left_out_of_an_answer_to_many_guids_is_not_gone",
        "assets that the answer left out were retired",
    ),
    Protection(
        "what the app may not read any more has not lost its term",
        "sync_core/flows/discover_by_term.py",
        "            if self.confirm.look(record, log) is not Sight.HIDDEN:\n",
        "            if True:\n",
        f"{FAULTS}/test_retire_doubt.py::test_with_a_term_what_the_app_may_not_read_any_more_has_not_lost_it",
        "assets were retired because a role was taken from the app",
    ),
    Protection(
        "with `*`, a loss that is found in parts is one loss",
        "sync_core/flows/check_existence.py",
        "        if is_round_over:\n",
        "        if True:\n",
        f"{FAULTS}/test_retire_doubt.py::test_a_loss_that_is_found_in_parts_is_one_loss",
        "a large loss, found in parts, was never asked about",
    ),
    Protection(
        "a question that no longer stands is withdrawn",
        "sync_core/flows/retire.py",
        "        if not left:\n"
        "            self.approvals.delete(NEEDED)  # nothing is asked any more: they went, or they are back\n",
        "",
        f"{FAULTS}/test_retire_doubt.py::test_the_question_is_withdrawn_when_the_assets_are_back_with_all",
        "a person was still asked to approve what had come back",
    ),
    Protection(
        "a discovery that was overtaken retires nothing",
        "sync_core/flows/discover.py",
        "            lease.renew_if_older_than(RENEW_AFTER_S)\n",
        "            pass\n",
        f"{FAULTS}/test_retire.py::test_a_discovery_that_was_overtaken_retires_nothing",
        "a slow discovery retired what a newer one had seen",
    ),
    Protection(
        "a sweep that read less than was counted is not complete",
        "sync_core/flows/discover_all.py",
        "is_complete = cursor.is_complete and read >= counted",
        "is_complete = cursor.is_complete",
        f"{FLOWS}/test_sweep.py::test_a_sweep_that_read_less_than_was_counted_is_not_complete",
        "a part of the catalog was taken for all of it",
    ),
    Protection(
        "an asset that is made anew keeps its group: its key is type and qualified name",
        "sync_core/mapping/discovery_plan.py",
        "return asset_key(asset.type_name, asset.qualified_name) if asset.qualified_name else rejected_key(asset.guid)",
        "return asset_key(asset.type_name, asset.guid) if asset.qualified_name else rejected_key(asset.guid)",
        f"{FLOWS}/test_discover_changes.py::test_an_asset_made_anew_is_bound_to_the_group_it_had",
        "the same asset had two records",
    ),
)

LINEAGE_WRITTEN = (
    Protection(
        "a push renews its claim before it saves or writes, so that one that was overtaken does neither",
        "sync_core/flows/push_lineage.py",
        "        claim.renew()\n        record = self._save_intent(",
        "        record = self._save_intent(",
        f"{FAULTS}/test_lineage.py::test_a_push_that_was_overtaken_neither_writes_nor_saves",
        "old facts were written over those of a faster worker",
    ),
    Protection(
        "a push that was overtaken records no failure",
        "sync_core/flows/work_off_delivery.py",
        "        self.claim.renew()\n",
        "        return\n",
        f"{FAULTS}/test_lineage.py::test_a_push_that_was_overtaken_records_no_failure_over_what_its_successor_did",
        "lineage that stood was called failed, with a dead letter",
    ),
    Protection(
        "a source that someone deleted is made again",
        "sync_core/flows/find_missed.py",
        "            self._reopen(record, log)\n",
        "            return\n",
        f"{FAULTS}/test_reconcile.py::test_a_group_that_someone_deletes_after_the_sync_is_made_anew",
        "the asset stayed `synced` without a group",
    ),
    Protection(
        "a data set whose record is lost is found again",
        "sync_core/flows/find_missed.py",
        "if is_known and self.records.load(summary.data_set_id) is not None:",
        "if is_known:",
        f"{FAULTS}/test_reconcile.py::test_records_of_data_sets_that_are_lost_come_back",
        "the record stayed lost",
    ),
    Protection(
        "what our lineage writes is never discovered",
        "sync_core/mapping/asset_types.py",
        "    if type_name.startswith(OWN_PREFIX):\n",
        "    if False:\n",
        f"{LINEAGE}/test_never_discovered.py::test_lineage_is_not_discovered_even_if_somebody_gives_it_the_term",
        "our own lineage came back as assets to sync",
    ),
    Protection(
        "one worker at a time is at a data set",
        "sync_core/flows/work_off_delivery.py",
        "        if isinstance(claim, Held):\n",
        "        if False:\n",
        f"{LINEAGE}/test_deliveries.py"
        "::test_a_data_set_that_another_worker_has_claimed_comes_again_when_a_push_may_be_over",
        "two workers wrote one lineage at once",
    ),
    Protection(
        "an event that was worked off is known when it comes again",
        "sync_core/flows/work_off_delivery.py",
        "return delivery.is_named and delivery.status is DeliveryStatus.DONE and delivery.result in SETTLED",
        "return False",
        f"{LINEAGE}/test_deliveries.py::test_the_same_event_again_asks_nobody_anything",
        "a repeated event asked CluedIn and Purview again",
    ),
    Protection(
        "the record says what will stand in Purview before it does",
        "sync_core/flows/push_lineage.py",
        "        self.store.save(intent, record)\n",
        "",
        f"{FAULTS}/test_lineage.py::test_a_mapping_that_is_dropped_before_its_push_has_ended_leaves_nothing_behind",
        "after a crash, clues of a dropped mapping stayed behind",
    ),
    Protection(
        "from the first write on nobody trusts the former fingerprint",
        "sync_core/flows/push_lineage.py",
        '                "fingerprint": "",  # from now on nobody knows what stands\n',
        "",
        f"{FAULTS}/test_lineage.py::test_a_mapping_that_is_dropped_before_its_push_has_ended_leaves_nothing_behind",
        "after a crash, what stood was taken for what was wanted",
    ),
    Protection(
        "what Purview took but does not show is not called pushed",
        "sync_core/flows/write_lineage.py",
        '            raise TransientError(f"Purview took',
        '            TransientError(f"Purview took',
        f"{LINEAGE}/test_refusals.py::test_what_purview_took_but_does_not_show_is_not_called_pushed",
        "a lineage that nobody can see was called pushed",
    ),
    Protection(
        "each edge is looked at, not only each asset",
        "sync_core/flows/standing_lineage.py",
        "            yield from _find_missing_edges(entity, source, entities)\n",
        "            yield from ()\n",
        f"{LINEAGE}/test_refusals.py::test_edges_that_purview_silently_drops_are_noticed",
        "a chain with a missing link was called pushed",
    ),
    Protection(
        "the collection is checked and corrected",
        "sync_core/flows/write_lineage.py",
        "        self._correct_collection(written, collection)\n",
        "",
        f"{LINEAGE}/test_collection.py::test_where_purview_ignores_the_collection_of_new_entities_they_are_moved",
        "the assets stayed in the root collection",
    ),
    Protection(
        "what a data set no longer has is taken out",
        "sync_core/flows/write_lineage.py",
        "        self._remove(written)\n",
        "",
        f"{LINEAGE}/test_shared.py::test_a_field_that_the_mapping_lost_loses_its_column_and_its_edge",
        "a column and its edge outlived the mapping",
    ),
    Protection(
        "a column that another data set brings too stays with the golden records",
        "sync_core/flows/write_lineage.py",
        "        gone = former.keys() - _names(brought) - forgotten\n",
        "        gone = set(former)\n",
        f"{LINEAGE}/test_shared.py::test_a_key_that_another_data_set_brings_too_stays_with_the_golden_records",
        "the shared column was deleted and made anew",
    ),
    Protection(
        "so does a column of a data set that the lost state knew",
        "sync_core/flows/write_lineage.py",
        "former.keys() - _names(brought) - forgotten",
        "former.keys() - _names(brought)",
        f"{LINEAGE}/test_state_lost.py::test_a_shared_column_stays_while_a_data_set_that_the_state_forgot_brings_it",
        "the column was deleted, though a data set in CluedIn still brings it",
    ),
    Protection(
        "a process that does not say which column becomes which is not called pushed",
        "sync_core/flows/standing_lineage.py",
        "if found.column_mapping != expected and ",
        "if False and ",
        f"{LINEAGE}/test_column_mapping.py::test_a_mapping_that_purview_drops_is_not_called_pushed",
        "a lineage without its columns was recorded as pushed",
    ),
    Protection(
        "while Purview refuses columns, none is taken out",
        "sync_core/flows/write_lineage.py",
        "gone = [] if written.lineage.columns_refused else list(_former_columns(written))",
        "gone = list(_former_columns(written))",
        f"{LINEAGE}/test_columns_refused.py"
        "::test_columns_that_stand_already_stay_and_what_must_go_goes_once_they_are_taken_again",
        "all columns were deleted",
    ),
    Protection(
        "what a data set brought before its record was lost is taken out when it brings it no more",
        "sync_core/flows/push_lineage.py",
        "            record = self._recall(record)\n",
        "            pass\n",
        f"{LINEAGE}/test_state_lost.py::test_what_a_data_set_brought_before_its_record_was_lost_is_taken_out",
        "golden records kept columns that nobody brings",
    ),
    Protection(
        "what another data set began to bring meanwhile is put back",
        "sync_core/flows/write_lineage.py",
        "        if back:\n",
        "        if False:\n",
        f"{LINEAGE}/test_shared.py::test_a_key_that_another_data_set_begins_to_bring_while_it_is_taken_out_is_put_back",
        "a column that two data sets touched at once was gone",
    ),
    Protection(
        "a lineage whose source asset was made anew is written again",
        "sync_core/flows/reconcile.py",
        '            steps.append(("find re-created assets", self.find_recreated.run))\n',
        "            pass\n",
        f"{FAULTS}/test_retire.py::test_an_asset_that_is_deleted_and_scanned_again_keeps_its_group_and_its_lineage",
        "the lineage started at an asset that no longer exists",
    ),
    Protection(
        "a column mapping that is too large is reduced, never cut into broken JSON",
        "sync_core/mapping/column_mapping.py",
        "LARGEST_PROPERTY_BYTES = 32 * 1024",
        "LARGEST_PROPERTY_BYTES = 32 * 1024**2",
        f"{LINEAGE}/test_many_columns.py::test_as_many_columns_as_cluedin_allows_with_long_keys_come_and_go",
        "Purview refused the process: 63,408 bytes in a property that takes 32,768",
    ),
    Protection(
        "a 404 for bad parameters is not taken for something that is gone",
        "sync_core/clients/failures.py",
        "if answer.status == HTTPStatus.NOT_FOUND and code in NOT_FOUND_CODES:",
        "if answer.status == HTTPStatus.NOT_FOUND:",
        f"{CLIENTS}/test_purview_client.py::test_a_404_for_bad_parameters_is_not_taken_for_a_missing_term",
        "our own mistake read as an unknown term",
    ),
)

NOTHING_LET_IN = (
    Protection(
        "a delivery that is not signed is refused",
        "sync_core/flows/receive_delivery.py",
        "if self.secrets and not is_signed(headers, body, self._texts, self.clock()):",
        "if False:",
        f"{SECURITY}/test_webhook.py::test_a_forged_delivery_leaves_nothing_behind",
        "15 kinds of forged deliveries were taken",
    ),
    Protection(
        "an old signature brings nothing new",
        "sync_core/flows/receive_delivery.py",
        'return self.deliveries.load(delivery_key(headers["webhook-id"], str(content.data_set_id)))',
        "return self._new_delivery(headers, body, content)",
        f"{UNIT}/test_receive_delivery_signed.py::test_an_old_signature_brings_nothing_new",
        "an id that nobody kept was answered 202",
    ),
    Protection(
        "an id that was not signed decides nothing",
        "sync_core/flows/receive_delivery.py",
        "is_trusted = not self.secrets or is_id_signed(headers, body, self._texts, now)",
        "is_trusted = True",
        f"{SECURITY}/test_webhook.py::test_a_replayed_delivery_with_an_id_that_was_not_signed_is_kept_once",
        "one signed body under new ids was taken each time",
    ),
    Protection(
        "a body is measured before it is read",
        "sync_core/flows/receive_delivery.py",
        "if len(body) > LARGEST_BODY_BYTES:",
        "if False:",
        f"{SECURITY}/test_webhook.py::test_a_body_is_measured_before_it_is_read_also_when_it_comes_in_chunks",
        "65 KiB were taken",
    ),
    Protection(
        "no redirect is followed with a token",
        "sync_core/clients/http.py",
        "allow_redirects=False,",
        "allow_redirects=True,",
        f"{SECURITY}/test_tokens_stay_at_home.py::test_no_redirect_is_followed",
        "the token went to another host",
    ),
    Protection(
        "no token travels over plain http",
        "sync_core/settings.py",
        "    if _is_readable_on_its_way(value):\n",
        "    if False:\n",
        f"{SECURITY}/test_addresses_in_settings.py::test_an_address_that_no_token_may_go_to_is_refused",
        "24 readable addresses were accepted",
    ),
    Protection(
        "what we sent is masked where a service sends it back",
        "sync_core/clients/http.py",
        "            body = body.replace(spelling.encode(), MASK.encode())\n",
        "            body = body.replace(spelling.encode(), spelling.encode())\n",
        f"{SECURITY}/test_echoed_secrets.py::test_the_password_is_in_no_error",
        "the password stood in an error",
    ),
    Protection(
        "no name forges a line of the log",
        "sync_core/logs.py",
        "            record.args = tuple(_safe(argument) for argument in record.args)\n",
        "            record.args = tuple(record.args)\n",
        f"{SECURITY}/test_log_forging.py::test_an_argument_stays_on_the_line",
        "an asset's name wrote a log line of its own",
    ),
)

CHAPTERS = {
    "One group for each asset": ONE_GROUP,
    "Leases": LEASES,
    "Nothing lost": NOTHING_LOST,
    "Patience": PATIENCE,
    "Retiring": RETIRE,
    "Lineage": LINEAGE_WRITTEN,
    "Nothing let in, nothing let out": NOTHING_LET_IN,
}
PROTECTIONS = tuple(protection for chapter in CHAPTERS.values() for protection in chapter)


def format_tables() -> str:
    """Return the chapters as Markdown, as `docs/reliability.md` shows them."""
    return "\n".join(line for title, chapter in CHAPTERS.items() for line in _format_chapter(title, chapter))


def _format_chapter(title: str, chapter: Sequence[Protection]) -> Iterator[str]:
    yield from (f"### {title}", "", "| protection | in | test | without it |", "|---|---|---|---|")
    for one in chapter:
        path, _, test = one.test.partition("::")
        where, tests = one.file.removeprefix("sync_core/"), path.removeprefix("tests/")
        yield f"| {one.name} | `{where}` | `{test}` in `{tests}` | {one.caught} |"
    yield ""
