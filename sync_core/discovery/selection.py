"""What to sync right now: from the app's own settings, or from CluedIn's settings page.

CluedIn keeps both under Administration > Azure Integration > Purview, before 2025 under Administration > Settings >
Purview; they are read at each tick, so that a change there counts at the next one.
Source: docs/vendors/cluedin.md, 2.12 and 4.2.
"""

from dataclasses import dataclass

from pydantic import BaseModel, TypeAdapter, ValidationError

from sync_core.cluedin.client import CluedInClient
from sync_core.discovery.terms.keywords import Selection, check_length, parse_selection, unquote
from sync_core.errors import ConfigError
from sync_core.runs.run_log import RunLog
from sync_core.safe_text import safe_text
from sync_core.settings import Settings, SettingsSource, TermStore
from sync_core.storage.notes import Notes

ENABLED_KEY = "Purview.SyncDataSources.Enabled"
KEYWORDS_KEY = "Purview.SyncDataSources.Keywords"
NOTE = "toggle"
BOOLEAN = TypeAdapter(bool)
# What was seen last, with terms and with `*`. Each drops the other's before it begins: a selection that comes back
# begins anew, as what happened under the other one is in no cursor.
TERM_CURSOR, ALL_CURSOR = "by-term", "all"


class Toggle(BaseModel):
    """Whether the sync is switched on, and for which keywords."""

    enabled: bool
    keywords: str

    def __str__(self) -> str:
        return f"{'on' if self.enabled else 'off'}, keywords {self.keywords or '(none)'}"


@dataclass(frozen=True)
class ReadSelection:
    """Reads the toggle and the keywords, and notes when a person changed them."""

    settings: Settings
    cluedin: CluedInClient
    notes: Notes

    @property
    def asks_cluedin(self) -> bool:
        """Whether reading takes a call of CluedIn."""
        return self.settings.sync_settings_source is SettingsSource.CLUEDIN

    def is_enabled(self) -> bool:
        """Whether the sync was switched on when that was last read; asks nobody."""
        if not self.settings.sync_enabled or not self.asks_cluedin:
            return self.settings.sync_enabled
        toggle = self.notes.load(Toggle, NOTE)
        return toggle is None or toggle.enabled

    def read(self, log: RunLog) -> Selection | None:
        """Return what to sync, or None while the sync is switched off.

        Raises:
            ConfigError: the keywords are empty or CluedIn does not show its settings.
        """
        toggle = self._read()
        self._note_change(toggle, log)
        if not toggle.enabled:
            log.skip(f"The sync is switched off in {self.switch}.")
            return None
        return self._selected(toggle)

    def look(self) -> Selection | None:
        """Return the same, and note nothing: a change is for the next run to tell."""
        toggle = self._read()
        return self._selected(toggle) if toggle.enabled else None

    def look_anyhow(self) -> Selection:
        """Return what is selected, also while the sync is switched off; errors are those of `read`."""
        return self._selected(self._read())

    @property
    def switch(self) -> str:
        """Where the sync is switched off, if it is."""
        return ENABLED_KEY if self.settings.sync_enabled else "SYNC_ENABLED"

    def is_on(self) -> bool:
        """Whether the sync is switched on right now; errors are those of `read`."""
        return self._read().enabled

    def _selected(self, toggle: Toggle) -> Selection:
        return self.parse(toggle.keywords, self._keywords_setting)

    def parse(self, keywords: str, setting: str) -> Selection:
        """Read keywords that a person gives in place of those of the settings.

        Raises:
            ConfigError: they are none, or too many, or ask for what SYNC_TERM_STORE leaves out.
        """
        check_length(keywords, setting)
        selection = parse_selection(unquote(keywords), setting)
        _check_store(selection, self.settings.sync_term_store)
        return selection

    def _read(self) -> Toggle:
        toggle = self._from_cluedin() if self.asks_cluedin else self._from_app()
        check_length(toggle.keywords, self._keywords_setting)
        return toggle

    @property
    def _keywords_setting(self) -> str:
        return KEYWORDS_KEY if self.asks_cluedin else "SYNC_TERM"

    def _from_app(self) -> Toggle:
        return Toggle(enabled=self.settings.sync_enabled, keywords=unquote(self.settings.sync_term))

    def _from_cluedin(self) -> Toggle:
        configuration = self.cluedin.fetch_configuration()
        if ENABLED_KEY not in configuration:
            raise ConfigError(
                f"CluedIn's settings have no {ENABLED_KEY}: prepare the sync in Administration > Azure Integration > "
                "Purview (before 2025: Administration > Settings > Purview), "
                "or set SYNC_SETTINGS_SOURCE=app."
            )
        enabled = _is_true(configuration[ENABLED_KEY])
        return Toggle(
            enabled=enabled and self.settings.sync_enabled, keywords=unquote(configuration.get(KEYWORDS_KEY, ""))
        )

    def _note_change(self, toggle: Toggle, log: RunLog) -> None:
        before = self.notes.load(Toggle, NOTE)
        if before != toggle:
            self.notes.save(NOTE, toggle)
            if before is not None:
                log.notes.append(f"The settings changed from: {before}, to: {toggle}.")


def _is_true(stored: str) -> bool:
    """Read the toggle as CluedIn stores it, by the words of SYNC_ENABLED and with or without quotes; empty is off.

    Raises:
        ConfigError: it is neither on nor off.
    """
    word = unquote(stored)
    try:
        return bool(word) and BOOLEAN.validate_python(word)
    except ValidationError:
        raise ConfigError(f"{ENABLED_KEY} is neither true nor false: '{safe_text(word[:100])}'.") from None


def _check_store(selection: Selection, store: TermStore) -> None:
    products = [str(keyword) for keyword in selection.keywords if keyword.is_product]
    if products and store is TermStore.CLASSIC:
        raise ConfigError(
            f"{selection.setting} names {'; '.join(products)}, and SYNC_TERM_STORE is classic, which has no data "
            "products; expected SYNC_TERM_STORE=auto or unified."
        )
