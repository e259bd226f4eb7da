"""`nbgrader submit`, and the Assignment List's Submit button, through the hand-in service instead of shared files."""

import os
import shutil
from pathlib import Path
from urllib.parse import quote

from nbgrader.exchange.default.submit import ExchangeSubmit
from traitlets import Unicode, default

from attention_lib.handin.handed_in import RECEIPT, SECRET, TIMESTAMP, may_hold_a_notebook
from attention_lib.handin.hashes import SHORT_HASH
from attention_lib.handin.packing import Packed, TooMuch, packed, write_out
from attention_lib.handin.receipt import Receipt, in_words, write_beside
from attention_lib.sentences import error_in_words
from hub.student.ask_service import NotHandedIn, send
from hub.student.exchange_to_read import ReadOnly


class SubmitToService(ReadOnly, ExchangeSubmit):
    """Packs the assignment's folder, posts it, keeps nbgrader's copy for list and fetch_feedback, shows the receipt.

    The Assignment List shows its users no log, so the receipt is written beside the notebook as well.
    """

    url = Unicode(help="The hand-in service, such as http://127.0.0.1:8000/services/hand-in/").tag(config=True)

    @default("url")
    def _url_default(self) -> str:
        return os.environ.get("ATTENTION101_HAND_IN_URL", "")

    def init_dest(self) -> None:
        if self.coursedir.course_id == "":
            self.fail("No course id specified. Re-run with --course flag.")
        self.token = os.environ.get("JUPYTERHUB_API_TOKEN", "")
        if not self.url or not self.token:
            missing = "ATTENTION101_HAND_IN_URL" if not self.url else "JUPYTERHUB_API_TOKEN"
            self.fail(
                f"{missing} is not set, so there is nobody to hand in to. Submit from the server that the hub started "
                "for you; if you do, tell your instructor."
            )
        self.cache_path = os.path.join(self.cache, self.coursedir.course_id)

    def copy_files(self) -> None:
        self.init_release()
        self.check_filename_diff()
        # Outside of every `except`: the Assignment List shows the whole chain of errors.
        if trouble := self._hand_in(Path(self.src_path)):
            self.fail(trouble)

    def _hand_in(self, folder: Path) -> str:
        """Why it is not handed in, or not wholly; "" if all went well."""
        receipt = None
        try:
            with packed(folder, self.coursedir.ignore) as parcel:
                if not any(map(may_hold_a_notebook, parcel.files)):
                    return f"NOT handed in. No notebook is in {folder}. Fetch the assignment, or put it back there."
                receipt, secret = self._send(parcel)
                self.timestamp = receipt.timestamp
                if receipt.hash != parcel.hash[:SHORT_HASH]:
                    return (
                        f"It was handed in, but what arrived ({receipt.hash}) is not what was sent "
                        f"({parcel.hash[:SHORT_HASH]}). Submit again; if it happens twice, tell your instructor."
                    )
                self._tell(folder, "\n".join([in_words(receipt), *parcel.left_behind]))
                self._keep(parcel, receipt, secret)
        except Exception as error:
            # Whatever it is: once the service has said yes, nobody may be told that nothing was handed in.
            return _not_handed_in(error) if receipt is None else _handed_in_but(receipt, error)
        return ""

    def _tell(self, folder: Path, words: str) -> None:
        self.log.info("Receipt (also in %s beside the notebook):\n%s", RECEIPT, words)
        try:
            write_beside(folder, words)
        except Exception as error:
            self.log.warning("%s could not be written beside the notebook (%s).", RECEIPT, error)

    def _send(self, parcel: Packed) -> tuple[Receipt, str]:
        url = f"{self.url.rstrip('/')}/submit/{quote(self.coursedir.assignment_id, safe='')}"
        return send(url, self.token, parcel.archive)

    def _keep(self, parcel: Packed, receipt: Receipt, secret: str) -> None:
        """nbgrader's own copy: complete, or not there at all."""
        name = f"{receipt.student}+{receipt.assignment}+{receipt.timestamp}"
        final = Path(self.cache_path) / name
        if final.is_dir():
            return
        making = Path(self.cache_path) / f".{name}"
        shutil.rmtree(making, ignore_errors=True)
        making.mkdir(parents=True)
        write_out(parcel, making)
        (making / TIMESTAMP).write_text(receipt.timestamp, encoding="utf-8")
        (making / SECRET).write_text(secret, encoding="utf-8")
        making.rename(final)


def _not_handed_in(error: Exception) -> str:
    if isinstance(error, NotHandedIn):
        return str(error)
    if isinstance(error, TooMuch):
        return f"NOT handed in. {error}"
    if isinstance(error, OSError):
        return f"NOT handed in. A file could not be read or written: {error}. Mend that, and submit again."
    return f"NOT handed in. {error_in_words(error)}. Tell your instructor."


def _handed_in_but(receipt: Receipt, error: Exception) -> str:
    what = f"{receipt.assignment}, by {receipt.student}, at {receipt.timestamp}, contents {receipt.hash}"
    return (
        f"It was handed in: {what}. Your own copy, which feedback is fetched with, could not be made because of this: "
        f"{error_in_words(error)}. Mend that and submit again, or show this to your instructor."
    )
