"""What a remote store remembers, because it never changes: revisions and their patches."""

from collections import OrderedDict
from collections.abc import Callable
from threading import Lock
from typing import Final

from summitry.model import Revision

_REVISIONS: Final = 10_000
_PATCH_BYTES: Final = 64 * 1024 * 1024


class Memory:
    """The revisions and patches that were asked for last, for several threads."""

    def __init__(self) -> None:
        self._revisions: OrderedDict[int, Revision] = OrderedDict()
        self._patches: OrderedDict[int, bytes] = OrderedDict()
        self._bytes = 0
        self._lock = Lock()

    def revision(self, number: int, read: Callable[[int], Revision]) -> Revision:
        """Give revision `number`, which `read` fetches where it is not remembered."""
        found = self._revisions.get(number)
        if found is None:
            found = read(number)
            self._keep_revision(found)
        return found

    def patch(self, number: int, read: Callable[[int], bytes]) -> bytes:
        """Give the patch of revision `number`, which `read` fetches where it is not remembered."""
        found = self._patches.get(number)
        if found is None:
            found = read(number)
            self._keep_patch(number, found)
        return found

    def keep(self, revision: Revision, patch: bytes) -> None:
        """Remember what was just made."""
        self._keep_revision(revision)
        self._keep_patch(revision.number, patch)

    def _keep_revision(self, revision: Revision) -> None:
        with self._lock:
            self._revisions[revision.number] = revision
            if len(self._revisions) > _REVISIONS:
                self._revisions.popitem(last=False)

    def _keep_patch(self, number: int, patch: bytes) -> None:
        with self._lock:
            self._bytes += len(patch) - len(self._patches.pop(number, b""))
            self._patches[number] = patch
            # The newest stays however large it is: it is asked for at once, when the workers follow.
            while self._bytes > _PATCH_BYTES and len(self._patches) > 1:
                self._bytes -= len(self._patches.popitem(last=False)[1])
