"""Whether a browser sends a form from another page than ours: a second guard beside the signature.

A browser says where a request comes from in `Sec-Fetch-Site`, an older one in `Origin`; no page can write either. Our
pages tell no referrer, so that their own forms come with `Origin: null`: that alone proves nothing. Each browser tells
one of the two with a form of another page; what comes without both is no browser's, or of a page of the same origin.
Source: W3C, Fetch Metadata Request Headers; WHATWG, Fetch, 3.2.
"""

from collections.abc import Mapping
from urllib.parse import urlsplit


def is_of_another_page(headers: Mapping[str, str]) -> bool:
    """Whether a browser does not say that a form is of a page of this host. Names of headers are in lower case."""
    site, told = headers.get("sec-fetch-site", "").strip().lower(), headers.get("origin")
    if site:
        return site != "same-origin"
    if told is None:
        return False
    origin = urlsplit(told.strip().lower())
    return not origin.netloc or origin.netloc != headers.get("host", "").strip().lower()
