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

STREETS_SHORT = {
    "avenue": "ave",
    "boulevard": "blvd",
    "drive": "dr",
    "highway": "hwy",
    "lane": "ln",
    "parkway": "pkwy",
    "road": "rd",
    "street": "st",
}
"""Kinds of streets as addresses cut them short."""

CODE_WORDS = _words("""
account betrieb betriebsnummer bnr cod code codes codice codigo compte conc concessionario dealer
dealercode dealernummer handler handlernr handlernummer id kenmerk konto kontonummer konzernnummer n
no nr number numero nummer partner partnernummer rrf store
""")
"""What people write before a dealer code; figures alone are a code only behind one of these."""

LISTING_WORDS = _words("""
a ainsi and as at bei both e en et in ne ni noch nor o oder or ou que sowie und well y zu
""")
"""What may stand between two rooftops that are listed."""

JOINING_WORDS = _words("""
ainsi also and e et plus sowie und y
""")
"""What joins one sentence to another."""

SMALL_WORDS = _words("""
a am and at das de den der des die du e en et im in la le les of the und van von y
""")
"""What may stand between the parts of one name."""

ARTICLES = _words("""
a alla an au da das de degli dei del dell della delle dello dem den der des die du een ein
eine einem einen einer el het i il l la le
les lo los las mon nella notre nuestro nuestra onze our su sul sulla the
un una une uno unser unsere unseren
""")
"""Behind one of these a word that means many things is a car."""

DETERMINERS = ARTICLES | _words("""
about between ce ces cet cette deze die dies diese diesen dieser dit esta este esto ihr ihre ihren leur leurs
mein meine mes mijn my nos que over questa questo qui sa ses sua suo these this those through tu
uw vos votre your
""")
"""What stands before a noun, not behind a town."""

LEGAL_FORMS = _words("""
ag bv co eurl gmbh inc kg limited llc llp ltd mbh nv ohg plc sa sarl sas sasu sl slu snc spa srl vof
""")
"""What a company is in law; it stands between name and town, too."""

PLACE_WORDS = _words("""
a at aus bij chez d da de del den di em en from i im in of op te van von zu
""")
"""What stands before a town: *in*, *at*, *of*."""

WHERE_IT_HAPPENS = _words("""
at bei beim bij chez da dai dalle en for fur para per por pour voor
""")
"""Before *our colleagues in Leeds* it says that something happens to them, or is asked for them."""

OURS = _words("""
noi nos nosotros nostra nostre nostri nostro notre notres nuestra nuestras nuestro nuestros ons onze our ours
unser unsere unserem unseren unserer unseres
""")
"""What the writer's own rooftop has, and *we* where nobody says it without setting it against others."""

OURSELVES = OURS | _words("""
ci ich ik je me mi mich mir noi nous nosotras us uns we wij wir yo
""")
"""Whoever says one of these speaks of themselves."""

WHERE = _words("""
a ad at bei en in te zu
""")
"""What stands before the town where something is."""

RESUMING = _words("""
alors celle celui dagegen daarentegen die el ella ellas elle elles ellos eux hingegen invece loro lui
quelle quelli those though
""") | {"en cambio", "en revanche", "par contre", "on the other hand"}
"""A clause of nothing but one of these goes on with the one before it: *those of Lyon, they, are fine*."""

ORDINARY_TOWNS = _words("""
angers bath celle como essen halle lens leon lourdes mobile motta nancy nantes nice orange prato
providence reading roses singen tours vera vienne wells worms
""")
"""Towns that are ordinary words as well."""

NEVER = _words("""
pas non ni nicht kein keine no not niet geen
""")
"""What denies."""

NOTHING = _words("""
aucun aucune fuera hors keinen keinerlei nada nergens nessun nessuna nichts niente niets niks ninguna
nothing nulla ohne plus rien sans senza sin without zonder
""")
"""What says that there is none of something, or that nothing is to be done."""

BUT = _words("""
mais sondern sino ma bensi but maar
""")
"""What stands before the one that is meant instead."""

IS = _words("""
c es est is ist s sono son
""")
"""*It is not Lyon, it is Dijon*."""

INSTEAD = _words("""
statt anstatt anziche
""")
"""What stands before the one that is not meant."""

BETWEEN_SITES = _words("""
a about al alla alle an and as at au auf aux bei bij celle celui che chez con d da dal dalla das
de dei del dell della den der des di die du e ed el en et for from fur gli het il im in instead is
it l la las le les lieu lo los lugar mit notre om op our par para per plaats plutot por pour qu
que rather s su sul sulla sur te than that the this to um un und une unser unsere unseren uit van
vez vom von voor y zu zum zur
""")
"""What may stand between two rooftops that are set against one another."""

MAILBOX_WORDS = _words("""
accounting accounts accueil acceuil after aftersales admin administracion administratie
amministrazione annonces assistenza atelier auto autohaus autos bdc boekhouding buchhaltung
business center commercial commerciale compta comptabilite concession concessionaria contact
contacto contatti crm desk digital direction disposition empfang enquiries facturacion factuur
garage garantie gebrauchtwagen hello hola inbox info internet kontakt leads magasin mail mailbox
manager marketing occasions office officina onderdelen online parts pieces post receptie reception
recambios rdv sales secretariat segreteria service services servizio showroom sport stock store
support taller team teile usato used usedcars vendite vente ventes ventas verkauf verkoop vn vo
webmaster werkplaats werkstatt winkel www zentrale
""")
"""What mailboxes are called that are nobody's own."""

STREETS_BEFORE = _words("""
av avda avenida avenue bd boulevard calle carretera chemin corso impasse paseo piazza plaza quai ronda
route rue strada via viale
""")
STREETS_BEHIND = _words("""
allee avenue boulevard drive kade laan lane parkway road st str straat strasse street weg
""")
"""Kinds of streets, by the side of the street's name on which they stand."""
