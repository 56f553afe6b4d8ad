"""May this address be connected to? Asked of every address of a name, when a connection is made."""

from ipaddress import IPv4Address, IPv6Address, IPv6Network

Address = IPv4Address | IPv6Address

_NAT64 = IPv6Network("64:ff9b::/96")
_COMPATIBLE = IPv6Network("::/96")
"""Of old: an IPv4 address with nothing before it. ``::`` and ``::1`` are in it and mean themselves."""


def refusal(address: Address, *, internal: bool) -> str | None:
    """Why not; None where it may be. ``internal``: this machine and private networks may be, too.

    Link-local addresses never are: those of clouds' metadata services are among them.
    """
    address = _within(address)
    if address.is_link_local:
        return "it is a link-local address"
    if address.is_multicast or address.is_unspecified:
        return "it is no address of one machine"
    if internal:
        return None
    if address.is_loopback:
        return "it is this machine"
    public = address.is_global and not address.is_reserved
    if isinstance(address, IPv6Address) and address.is_site_local:
        public = False
    return None if public else "it is in a private or reserved network"


def _within(address: Address) -> Address:
    """The IPv4 address that an IPv6 one stands for, where it does."""
    if isinstance(address, IPv4Address):
        return address
    if address in _NAT64 or (address in _COMPATIBLE and int(address) > 1):
        return IPv4Address(int(address) & 0xFFFFFFFF)
    return (
        address.ipv4_mapped or address.sixtofour or (address.teredo or (None, None))[1] or address
    )
