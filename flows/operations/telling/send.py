"""Hand a message to Apprise. The only module that imports it, and only where there is something to send.

Apprise's own log is off, because it may name the address, which holds a password. No picture or link of
Apprise's goes into a message, nothing is kept on disk, and no redirect is followed.
"""

import logging
import re

from transforms.errors import RunFailed

REASONS = {
    "PARTIAL": "one of its addresses did not take the message; keep one address in each file",
    "TIMEOUT": "did not answer in time",
}
REFUSED = "does not answer, or refused the message"


def send(address: str, title: str, text: str) -> None:
    """Send one message. Raises RunFailed, whose message does not repeat the address."""
    import apprise

    for name in ("apprise", "urllib3"):
        logging.getLogger(name).setLevel(logging.CRITICAL + 1)
    asset = apprise.AppriseAsset(
        app_id="Undertow",
        app_desc="Undertow",
        app_url="",
        image_url_mask="",
        image_url_logo="",
        image_path_mask="",
        async_mode=False,
        storage_mode="memory",
        http_redirects=False,
        language="en",
    )
    receiver = apprise.Apprise(asset=asset)
    if not receiver.add(address.strip()):
        raise RunFailed("its file holds no address that Apprise knows")
    form = apprise.NotifyFormat.TEXT
    if receiver[0].notify_format == apprise.NotifyFormat.MARKDOWN:  # Teams: there a bare address is no link
        form, text = apprise.NotifyFormat.MARKDOWN, re.sub(r"https?://\S+", r"[\g<0>](\g<0>)", text)
    result = receiver.notify(body=text, title=title, body_format=form)
    if not result:
        raise RunFailed(REASONS.get(result.status.name, REFUSED))
