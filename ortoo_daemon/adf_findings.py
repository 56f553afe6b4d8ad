"""Under which names may policies ask for what an enquiry in ADF says?

How it is read is the intake's part; here is only what it is called. Pure.
"""

from collections.abc import Mapping

from ortoo_daemon.mail_findings import FoundKind

_TEXTS = (
    "refusal", "problem", "summary", "id", "id_source",
    "interest", "vehicle_status", "year", "make", "model", "trim", "vin", "stock", "doors",
    "body_style", "transmission", "odometer_unit", "exterior_color", "interior_color",
    "price_currency", "price_type", "price_comments", "options", "finance_method",
    "vehicle_comments", "other_models",
    "trade_interest", "trade_year", "trade_make", "trade_model", "trade_trim", "trade_vin",
    "trade_odometer_unit", "trade_comments",
    "name", "first_name", "middle_name", "last_name", "company", "email", "phone", "mobile", "fax",
    "best_time", "prefers", "street", "apartment", "city", "region", "postal_code", "country",
    "customer_id", "timeframe", "earliest", "latest", "comments",
    "vendor", "vendor_id", "vendor_url", "vendor_email", "vendor_phone", "vendor_city",
    "vendor_postal_code", "provider", "provider_id", "service", "provider_url", "provider_email",
    "provider_phone",
)  # fmt: skip

ADF_NAMES: Mapping[str, FoundKind] = {
    **dict.fromkeys(_TEXTS, FoundKind.TEXT),
    **dict.fromkeys(("found", "unreadable", "resend", "trade_in", "split"), FoundKind.FLAG),
    **dict.fromkeys(("vendor_known", "wrong_site"), FoundKind.FLAG),
    **dict.fromkeys(("prospects", "number", "vehicles", "oddities"), FoundKind.NUMBER),
    **dict.fromkeys(("odometer", "price", "down_payment", "monthly"), FoundKind.NUMBER),
    "trade_odometer": FoundKind.NUMBER,
    "requested_at": FoundKind.MOMENT,
    "vendor_rooftop": FoundKind.RECORD,
}
"""Every name behind ``$adf.``, and what kind of value stands behind it."""

ADF_TYPES: Mapping[FoundKind, str] = {
    FoundKind.TEXT: "string",
    FoundKind.RECORD: "reference",
    FoundKind.NUMBER: "double",
    FoundKind.FLAG: "boolean",
    FoundKind.MOMENT: "datetime",
}
"""Types as the org calls them."""
