"""Which words of six languages say nothing by themselves of which rooftop or brand is meant?"""


def _words(text: str) -> frozenset[str]:
    return frozenset(text.split())


COUNTED = _words("""
ads annonces annunci auto autos car cars chilometri coches dagen days dias eur euro euros fahrzeuge
fotos giorni h jours kilometer kilometre kilometres kilometros km leads listings photos stuck tage
uhr unidades units vehicles vehicules vetture voitures
""")
"""What is counted: a figure before one of these is a number of things, no model."""

GENERIC = _words("""
ag am an and au auto autobedrijf autobedrijven autocentro autohandel autohaus automobile automobiles
automobili automotive automoviles autos autoservice autozentrum aux bv car cars center centre centro
centrum co company concesionario concesionarios concession concessionaria concessionnaire das de den
der des die du e ek el et fils fratelli garage garages gmbh groep group groupe grupo gruppe gruppo
hermanos het holding im in inc k kg la las le les limited llc los ltd mobilitat mobiliteit mobility
motor motori motors nv of plc retail sa sarl sas sl slu sohn sons spa srl the und van von y zentrum
""")
"""Words that the names of many dealers and groups have, and small words within names."""

DIRECTIONS = _words("""
east est este mitte noord nord norte north oest oeste oost ost ouest ovest south sud sued sur west
zuid
""")
"""Quarters of a town: they tell sites apart only with a capital."""

STREET_WORDS = _words("""
allee av avenida avenue bd boulevard calle carretera chemin corso drive hwy impasse interstate kade
km laan lane parkway paseo piazza place platz plaza plein poligono quai ring road ronda route rua
rue singel str straat strada strasse street via viale way weg
""")
"""Kinds of streets."""

CODE_WORDS = _words("""
account betrieb betriebsnummer bnr cod code codes codice codigo compte conc concessionario dealer
dealercode dealernummer handler handlernr handlernummer id kenmerk konto kontonummer konzernnummer n
no nr number numero nummer partner partnernummer rrf store
""")
"""What people write before a dealer code; figures alone are a code only behind one of these."""

LISTING_WORDS = _words("""
a ainsi and as at bei both e en et in o oder or ou que sowie und well y zu
""")
"""What may stand between two rooftops that are listed."""

SMALL_WORDS = _words("""
a am and at das de den der des die du e en et im in la le les of the und van von y
""")
"""What may stand between the parts of one name."""

ARTICLES = _words("""
a an au da das de dei del dell dem den der des die du een ein eine einem einen einer el het i il l la le
les lo los las mon notre nuestro nuestra onze our su the un una une uno unser unsere unseren
""")
"""Behind one of these a word that means many things is a car."""
