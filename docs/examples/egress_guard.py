"""Decide which addresses code in a sandbox may reach. A table plays the name server."""

from ipaddress import ip_address
from urllib.parse import urlsplit

ALLOWED_HOSTS = {"rates.example", "holidays.example", "orders.internal.test"}
ALLOWED_PRIVATE = {"10.0.4.7"}  # the one internal address that this task needs

NAME_SERVER = {
    "rates.example": "93.184.215.14",
    "orders.internal.test": "10.0.4.7",
    "cdn-img.example": "203.0.113.9",
    "metadata.attacker.example": "169.254.169.254",
    "holidays.example": "169.254.169.254",  # suppose a forged answer
}


def block_list(url: str) -> str:
    """Forbid the one address that everybody knows."""
    return "refused" if "169.254.169.254" in url else "allowed"


def guard(url: str) -> str:
    """Deny, unless the host is listed and its address is public or listed, too."""
    host = urlsplit(url).hostname or ""
    if host not in ALLOWED_HOSTS:
        return "refused, host not listed"
    address = ip_address(NAME_SERVER[host])
    if not address.is_global and str(address) not in ALLOWED_PRIVATE:
        return f"refused, leads to {address}"
    return f"connect to {address}"  # and to no other, even if the name changes


URLS = [
    "https://rates.example/eur/usd",
    "https://orders.internal.test/A-17",
    "http://169.254.169.254/latest/meta-data/",
    "http://2852039166/latest/meta-data/",
    "http://[::ffff:a9fe:a9fe]/latest/meta-data/",
    "http://metadata.attacker.example/",
    "https://cdn-img.example/p?rows=200",
    "https://holidays.example/2026",
]
for url in URLS:
    print(url)
    print(f"    block list: {block_list(url)}; guard: {guard(url)}")
