"""Which elements does ADF 1.0 know, and where do they stand? Names as the standard has them.

``PARENTS`` is what an unclosed tag is mended by: an element that can't stand where it begins ends those
before it. A prospect may lack its root, and the root its only prospect.
"""

from collections.abc import Mapping

DOCUMENT = ""
"""Stands above all roots."""

PARENTS: Mapping[str, frozenset[str]] = {
    name: frozenset(parents.split(","))
    for name, parents in {
        "adf": DOCUMENT,
        "prospect": f"adf,{DOCUMENT}",
        "requestdate": "prospect,adf",
        "vehicle": "prospect,adf",
        "customer": "prospect,adf",
        "vendor": "prospect,adf",
        "provider": "prospect,adf",
        "id": "prospect,vehicle,customer,vendor,provider",
        "year": "vehicle",
        "make": "vehicle",
        "model": "vehicle",
        "vin": "vehicle",
        "stock": "vehicle,option",
        "trim": "vehicle",
        "doors": "vehicle",
        "bodystyle": "vehicle",
        "transmission": "vehicle",
        "odometer": "vehicle",
        "condition": "vehicle",
        "colorcombination": "vehicle",
        "interiorcolor": "colorcombination",
        "exteriorcolor": "colorcombination",
        "preference": "colorcombination",
        "imagetag": "vehicle",
        "price": "vehicle,option",
        "pricecomments": "vehicle",
        "option": "vehicle",
        "optionname": "option",
        "manufacturercode": "option",
        "weighting": "option",
        "finance": "vehicle",
        "method": "finance",
        "amount": "finance",
        "balance": "finance",
        "comments": "vehicle,customer",
        "contact": "customer,vendor,provider",
        "name": "contact,provider",
        "email": "contact,provider",
        "phone": "contact,provider",
        "address": "contact",
        "street": "address",
        "apartment": "address",
        "city": "address",
        "regioncode": "address",
        "postalcode": "address",
        "country": "address",
        "timeframe": "customer",
        "description": "timeframe",
        "earliestdate": "timeframe",
        "latestdate": "timeframe",
        "vendorname": "vendor",
        "url": "vendor,provider",
        "service": "provider",
    }.items()
}

CONTAINERS = frozenset(parent for parents in PARENTS.values() for parent in parents)
"""Elements that hold elements; the others hold text."""

OTHER_NAMES: Mapping[str, str] = {
    "adfxml": "adf",
    "adf_xml": "adf",
    "lead": "prospect",
    "request_date": "requestdate",
    "requestdatetime": "requestdate",
    "date": "requestdate",
    "dealer": "vendor",
    "dealername": "vendorname",
    "vendor_name": "vendorname",
    "source": "provider",
    "manufacturer": "make",
    "modelyear": "year",
    "vehicleyear": "year",
    "vehiclemake": "make",
    "vehiclemodel": "model",
    "stocknumber": "stock",
    "stock_number": "stock",
    "stockno": "stock",
    "mileage": "odometer",
    "body": "bodystyle",
    "bodytype": "bodystyle",
    "trimlevel": "trim",
    "exterior": "exteriorcolor",
    "interior": "interiorcolor",
    "color": "exteriorcolor",
    "emailaddress": "email",
    "email_address": "email",
    "e-mail": "email",
    "telephone": "phone",
    "phonenumber": "phone",
    "phone_number": "phone",
    "street1": "street",
    "street2": "street",
    "address1": "street",
    "address2": "street",
    "addressline1": "street",
    "addressline2": "street",
    "state": "regioncode",
    "province": "regioncode",
    "region": "regioncode",
    "zip": "postalcode",
    "zipcode": "postalcode",
    "postal_code": "postalcode",
    "postcode": "postalcode",
    "comment": "comments",
    "notes": "comments",
}
"""Names that feeds use for those of the standard."""

NAME_PARTS: Mapping[str, str] = {
    "firstname": "first",
    "first_name": "first",
    "givenname": "first",
    "lastname": "last",
    "last_name": "last",
    "surname": "last",
    "middlename": "middle",
    "fullname": "full",
    "full_name": "full",
}
"""Elements of feeds that stand for a ``name`` of that part."""

PHONE_TYPES: Mapping[str, str] = {
    "homephone": "voice",
    "workphone": "voice",
    "mobile": "cellphone",
    "mobilephone": "cellphone",
    "cell": "cellphone",
    "cellphone": "cellphone",
    "fax": "fax",
}
"""Elements of feeds that stand for a ``phone`` of that type."""

TYPES_OF_PHONES: Mapping[str, str] = {
    "voice": "voice",
    "fax": "fax",
    "cellphone": "cellphone",
    "pager": "pager",
    "home": "voice",
    "work": "voice",
    "day": "voice",
    "evening": "voice",
    "phone": "voice",
    "landline": "voice",
    "mobile": "cellphone",
    "cell": "cellphone",
}
"""Types as feeds write them, by the types of the standard."""
