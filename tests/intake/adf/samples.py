"""A whole enquiry as the standard asks for it, and pieces of it for broken ones."""

# ruff: noqa: E501 (documents as they come)

VEHICLE = """<vehicle interest="buy" status="new">
  <id sequence="1" source="stock.example">V-77</id>
  <year>2026</year><make>Peugeot</make><model>E-308</model>
  <vin>VF3LPHNEKRS000000</vin><stock>A1204</stock><trim>GT</trim><doors>5</doors>
  <bodystyle>estate</bodystyle><transmission>A</transmission>
  <odometer status="original" units="km">12</odometer>
  <colorcombination><interiorcolor>black</interiorcolor><exteriorcolor>blue</exteriorcolor><preference>1</preference></colorcombination>
  <imagetag width="400" height="300" alttext="a car">https://cars.example/1.jpg</imagetag>
  <price type="asking" currency="EUR">38990</price><pricecomments>with charger</pricecomments>
  <option><optionname>Tow bar</optionname><manufacturercode>TB1</manufacturercode><weighting>65</weighting><price type="quote" currency="EUR">650</price></option>
  <finance><method>lease</method><amount type="monthly" limit="maximum" currency="EUR">399</amount><balance type="residual" currency="EUR">14000</balance></finance>
  <comments>Is it there on Saturday?</comments>
</vehicle>"""

TRADE = """<vehicle interest="trade-in" status="used">
  <year>2017</year><make>Renault</make><model>Clio</model><odometer units="km">91500</odometer>
</vehicle>"""

CUSTOMER = """<customer>
  <contact>
    <name part="first" type="individual">Anne</name><name part="last" type="individual">Le Goff</name>
    <email preferredcontact="1">anne.legoff@mail.example</email>
    <phone type="voice" time="evening">02 99 00 00 01</phone><phone type="cellphone" time="day">06 00 00 00 02</phone>
    <address type="home"><street line="1">3 rue du Port</street><street line="2">Bat. B</street><apartment>12</apartment><city>Rennes</city><regioncode>35</regioncode><postalcode>35000</postalcode><country>FR</country></address>
  </contact>
  <id source="crm.example">C-9</id>
  <timeframe><description>within a month</description><earliestdate>2026-11-24T09:00:00+01:00</earliestdate><latestdate>2026-12-20</latestdate></timeframe>
  <comments>Please call after six.</comments>
</customer>"""

VENDOR = """<vendor>
  <id source="network">R00013812</id><vendorname>Kervran Rennes</vendorname><url>https://kervran.example</url>
  <contact><name part="full">Kervran Rennes</name><email>leads@kervran.example</email></contact>
</vendor>"""

PROVIDER = """<provider>
  <id source="market">P-1</id><name part="full">Auto Market</name><service>New cars</service><url>https://market.example</url>
  <email>feed@market.example</email><phone>+33 1 00 00 00 03</phone>
</provider>"""

REQUESTED = "<requestdate>2026-11-23T10:15:00+01:00</requestdate>"


def prospect(*, status: str = "new", id: str = "L-4711") -> str:
    """A whole one."""
    return (
        f'<prospect status="{status}"><id sequence="1" source="market">{id}</id>'
        f"{REQUESTED}{VEHICLE}{TRADE}{CUSTOMER}{VENDOR}{PROVIDER}</prospect>"
    )


def document(*prospects: str) -> str:
    inner = "\n".join(prospects or (prospect(),))
    return (
        f'<?xml version="1.0" encoding="UTF-8"?>\n<?adf version="1.0"?>\n<adf>\n{inner}\n</adf>\n'
    )
