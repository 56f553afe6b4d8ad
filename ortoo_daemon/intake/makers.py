"""Whose make does the first part of a VIN stand for (world manufacturer identifier, ISO 3780)?

A table of the makes that dealers in Europe and North America sell and take in part exchange. Two makes of
one group may share a code; the one named first is then told.
"""

_CODES = {
    "Abarth": "ZAC",
    "Alfa Romeo": "ZAR ZAS",
    "Audi": "WAU WUA WA1 TRU 93U",
    "BMW": "WBA WBS WBY WBX WB1 WB3 WB4 WB5 5UX 5UM 4US 3MW 5YM 3MF",
    "Chevrolet": "1G1 1GC 1GN 2G1 2GN 3G1 3GC 3GN KL1 KL7 KL8",
    "Chrysler": "1C3 2C3 2C4 3C4 1C8",
    "Citroën": "VF7 VR7 VS7",
    "Dacia": "UU1 VGA UU3",
    "Dodge": "1B3 2B3 1D3 2D3 1D7 3D7 1C6 3C6",
    "DS": "VR1",
    "Fiat": "ZFA ZFB ZFC 3C3",
    "Ford": "WF0 WF1 1FA 1FB 1FC 1FD 1FM 1FT 1ZV 2FA 2FM 2FT 3FA 3FM 3FT MAJ NM0 SFA VS6 UN1",
    "GMC": "1GK 1GT 2GK 3GT 3GK",
    "Honda": "1HG 2HG 3HG 5FN 5J6 19X 2HK 7FA JHM SHH SHS JHL",
    "Hyundai": "KMH KM8 TMA NLH NLJ 5NM 5NP 3KP 2HM KMF",
    "Jaguar": "SAJ SAD",
    "Jeep": "1J4 1J8 1C4 3C4 ZAA",
    "Kia": "KNA KNC KND KNE U5Y U6Y 5XX 5XY 3KP",
    "Land Rover": "SAL",
    "Lexus": "JTH JTJ 2T2 58A",
    "Mazda": "JMZ JM1 JM3 3MZ 4F2 7MM",
    "Mercedes-Benz": "WDB WDC WDD WDF W1K W1N W1V W1W W1T W1H W1Y 4JG 55S VSA WD3 WD4",
    "MG": "LSJ SDP",
    "MINI": "WMW WMZ",
    "Mitsubishi": "JMB JA3 JA4 XMC MMB",
    "Nissan": "SJN JN1 JN8 1N4 1N6 3N1 3N6 5N1 VSK VWA",
    "Opel": "W0L W0V VXE VXK XWF",
    "Peugeot": "VF3 VR3 VF4",
    "Polestar": "LPS YSM",
    "Porsche": "WP0 WP1",
    "Ram": "1C6 3C6 3D7",
    "Renault": "VF1 VF6 VF2 KNM VNV",
    "SEAT": "VSS",
    "Škoda": "TMB TMP XW8",
    "Smart": "WME HES",
    "Subaru": "JF1 JF2 4S3 4S4",
    "Suzuki": "JSA TSM JS2 JS3 MA3",
    "Tesla": "5YJ 7SA LRW XP7",
    "Toyota": (
        "VNK SB1 JTD JTM JTE JTN JT1 JT2 JTK NMT YAR TW0 TW1 2T1 2T3 4T1 4T3 5TD 5TB 5TE 5TF 5YF 3TM 3TY"
    ),
    "Volkswagen": "WVW WVG WV1 WV2 WV3 WV4 1VW 1V2 3VW 3VV 9BW",
    "Volvo": "YV1 YV4 7JR LYV LVY",
}
_MAKERS = {code: maker for maker, codes in reversed(_CODES.items()) for code in codes.split()}


def maker_of(code: str) -> str:
    """The make behind the first three characters of a VIN, "" where the table doesn't hold it.

    >>> maker_of("TMB")
    'Škoda'
    """
    return _MAKERS.get(code.upper(), "")
