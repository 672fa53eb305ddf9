"""Whether a browser sends a form from our own page: a second guard beside the signature.

A browser says where a request comes from in `Sec-Fetch-Site`, an older one in `Origin`; no page can write either. Our
pages tell no referrer, so that their own forms come with `Origin: null`: that alone proves nothing.
Source: W3C, Fetch Metadata Request Headers; WHATWG, Fetch, 3.2.
"""

from collections.abc import Mapping
from urllib.parse import urlsplit


def is_same_origin(headers: Mapping[str, str]) -> bool:
    """Whether a request comes from a page of this host. Names of headers are in lower case."""
    site = headers.get("sec-fetch-site", "").strip().lower()
    if site:
        return site == "same-origin"
    origin = urlsplit(headers.get("origin", "").strip().lower())
    return bool(origin.netloc) and origin.netloc == headers.get("host", "").strip().lower()
