"""What is a state of the United States called whose code stands in an address?"""

from collections.abc import Mapping

_NAMES = """
AL Alabama; AK Alaska; AZ Arizona; AR Arkansas; CA California; CO Colorado; CT Connecticut; DE Delaware;
DC District of Columbia; FL Florida; GA Georgia; HI Hawaii; ID Idaho; IL Illinois; IN Indiana; IA Iowa;
KS Kansas; KY Kentucky; LA Louisiana; ME Maine; MD Maryland; MA Massachusetts; MI Michigan; MN Minnesota;
MS Mississippi; MO Missouri; MT Montana; NE Nebraska; NV Nevada; NH New Hampshire; NJ New Jersey;
NM New Mexico; NY New York; NC North Carolina; ND North Dakota; OH Ohio; OK Oklahoma; OR Oregon;
PA Pennsylvania; RI Rhode Island; SC South Carolina; SD South Dakota; TN Tennessee; TX Texas; UT Utah;
VT Vermont; VA Virginia; WA Washington; WV West Virginia; WI Wisconsin; WY Wyoming
"""

_BY_CODE: Mapping[str, str] = {
    code: name for code, _, name in (entry.strip().partition(" ") for entry in _NAMES.split(";"))
}


def state_name(state: str, country: str) -> str:
    """The name of a state that an address gives by code or name; "" for none."""
    if country.upper() not in {"US", "USA"}:
        return state
    return _BY_CODE.get(state.strip().upper(), state)
