"""Countries as they stand in tables: two or three letters, English or German names."""

from __future__ import annotations

import re

from leadbraid.bulk.names import plain, spellings
from leadbraid.llm.rules import places

_OTHERS = (
    "AD Andorra|AF Afghanistan|AG Antigua and Barbuda,Antigua und Barbuda|AI Anguilla|AL Albania,Albanien"
    "|AM Armenia,Armenien|AO Angola|AQ Antarctica,Antarktis|AS American Samoa,Amerikanisch-Samoa|AW Aruba"
    "|AX Åland Islands,Åland,Ålandinseln|AZ Azerbaijan,Aserbaidschan"
    "|BA Bosnia and Herzegovina,Bosnien und Herzegowina,Bosnien-Herzegowina|BB Barbados|BD Bangladesh,Bangladesch"
    "|BF Burkina Faso|BH Bahrain|BI Burundi|BJ Benin|BL Saint Barthélemy|BM Bermuda|BN Brunei,Brunei Darussalam"
    "|BO Bolivia,Bolivien,Bolivia (Plurinational State of)|BQ Bonaire|BS Bahamas,The Bahamas|BT Bhutan"
    "|BV Bouvet Island,Bouvetinsel|BW Botswana,Botsuana|BZ Belize|CC Cocos Islands,Kokosinseln"
    "|CD Democratic Republic of the Congo,DR Congo,Demokratische Republik Kongo,DR Kongo"
    "|CF Central African Republic,Zentralafrikanische Republik|CG Congo,Republic of the Congo,Republik Kongo"
    "|CI Côte d'Ivoire,Ivory Coast,Elfenbeinküste|CK Cook Islands,Cookinseln|CM Cameroon,Kamerun|CR Costa Rica"
    "|CV Cape Verde,Cabo Verde,Kap Verde|CW Curaçao|CX Christmas Island,Weihnachtsinsel|CY Cyprus,Zypern"
    "|DJ Djibouti,Dschibuti|DM Dominica|DO Dominican Republic,Dominikanische Republik|DZ Algeria,Algerien|EC Ecuador"
    "|EH Western Sahara,Westsahara|ER Eritrea|ET Ethiopia,Äthiopien|FJ Fiji,Fidschi"
    "|FK Falkland Islands,Falklandinseln|FM Micronesia,Mikronesien|FO Faroe Islands,Färöer|GA Gabon,Gabun|GD Grenada"
    "|GE Georgia,Georgien|GF French Guiana,Französisch-Guayana|GG Guernsey|GH Ghana|GI Gibraltar|GL Greenland,Grönland"
    "|GM Gambia,The Gambia|GN Guinea|GP Guadeloupe|GQ Equatorial Guinea,Äquatorialguinea"
    "|GS South Georgia and the South Sandwich Islands|GT Guatemala|GU Guam|GW Guinea-Bissau|GY Guyana"
    "|HM Heard Island and McDonald Islands|HN Honduras|HT Haiti|IM Isle of Man,Insel Man"
    "|IO British Indian Ocean Territory|JE Jersey|JM Jamaica,Jamaika|JO Jordan,Jordanien|KG Kyrgyzstan,Kirgisistan"
    "|KH Cambodia,Kambodscha|KI Kiribati|KM Comoros,Komoren|KN Saint Kitts and Nevis,St. Kitts und Nevis"
    "|KW Kuwait|KY Cayman Islands,Kaimaninseln|KZ Kazakhstan,Kasachstan|LA Laos|LB Lebanon,Libanon"
    "|LC Saint Lucia,St. Lucia|LK Sri Lanka|LR Liberia|LS Lesotho|LY Libya,Libyen|MC Monaco"
    "|MD Moldova,Republic of Moldova,Moldau,Republik Moldau,Moldawien|ME Montenegro|MF Saint Martin"
    "|MG Madagascar,Madagaskar|MH Marshall Islands,Marshallinseln"
    "|MK North Macedonia,Macedonia,Nordmazedonien,Mazedonien|ML Mali|MM Myanmar,Burma,Birma|MN Mongolia,Mongolei"
    "|MO Macao,Macau|MP Northern Mariana Islands|MQ Martinique|MR Mauritania,Mauretanien|MS Montserrat"
    "|MU Mauritius|MV Maldives,Malediven|MW Malawi|MZ Mozambique,Mosambik|NA Namibia|NC New Caledonia,Neukaledonien"
    "|NE Niger|NF Norfolk Island,Norfolkinsel|NI Nicaragua|NP Nepal|NR Nauru|NU Niue|OM Oman|PA Panama"
    "|PF French Polynesia,Französisch-Polynesien|PG Papua New Guinea,Papua-Neuguinea"
    "|PM Saint Pierre and Miquelon|PN Pitcairn|PR Puerto Rico"
    "|PS Palestine,State of Palestine,Palestinian Territory,Palästina|PW Palau|PY Paraguay|QA Qatar,Katar"
    "|RE Réunion|RW Rwanda,Ruanda|SB Solomon Islands,Salomonen|SC Seychelles,Seychellen|SD Sudan"
    "|SH Saint Helena,St. Helena|SJ Svalbard and Jan Mayen|SL Sierra Leone|SM San Marino|SN Senegal|SO Somalia"
    "|SR Suriname|SS South Sudan,Südsudan|ST São Tomé and Príncipe|SV El Salvador|SX Sint Maarten"
    "|SZ Eswatini,Swaziland,Eswatini|TC Turks and Caicos Islands|TD Chad,Tschad"
    "|TF French Southern Territories|TG Togo|TJ Tajikistan,Tadschikistan|TK Tokelau|TL Timor-Leste,East Timor,Osttimor"
    "|TM Turkmenistan|TO Tonga|TT Trinidad and Tobago,Trinidad und Tobago|TV Tuvalu"
    "|TZ Tanzania,United Republic of Tanzania,Tansania|UG Uganda|UM US Minor Outlying Islands|UY Uruguay"
    "|UZ Uzbekistan,Usbekistan|VA Vatican City,Holy See,Vatikanstadt,Vatikan|VC Saint Vincent and the Grenadines"
    "|VG British Virgin Islands,Britische Jungferninseln|VI US Virgin Islands,Amerikanische Jungferninseln|VU Vanuatu"
    "|WF Wallis and Futuna|WS Samoa|XK Kosovo|YE Yemen,Jemen|YT Mayotte|ZM Zambia,Sambia|ZW Zimbabwe,Simbabwe"
)
"""ISO 3166-1 beside those that the offline rules look for in a text (and XK, which it leaves to its users)."""
_ALSO = (
    "AE UAE,VAE,ARE|AR ARG|AT AUT,A|AU AUS|BE BEL,Belgique,België|BG BGR|BR BRA,Brasil|BY BLR,Belarus (Weißrussland)"
    "|CA CAN|CH CHE,Suisse,Svizzera,Swiss|CL CHL|CN CHN,PR China,Volksrepublik China,People's Republic of China"
    "|CO COL|CU CUB|CZ CZE,Tschechische Republik|DE DEU,D,GER,BRD,Bundesrepublik Deutschland,Allemagne"
    "|DK DNK,Danmark|EE EST|EG EGY|ES ESP,España|FI FIN,Suomi|FR FRA|GB GBR,Northern Ireland,Nordirland"
    "|GR GRC,Hellas|HK HKG|HR HRV,Hrvatska|HU HUN|ID IDN|IE IRL,Republic of Ireland|IL ISR|IN IND|IQ IRQ"
    "|IR IRN,Islamic Republic of Iran,Iran (Islamic Republic of)|IS ISL|IT ITA,Italia|JP JPN|KE KEN"
    "|KP PRK,Democratic People's Republic of Korea,DPRK|KR KOR,Korea,Republic of Korea|LI LIE|LT LTU|LU LUX|LV LVA"
    "|MA MAR|MT MLT|MX MEX,México|MY MYS|NG NGA|NL NLD,Nederland|NO NOR,Norge|NZ NZL|PE PER|PH PHL|PK PAK|PL POL,Polska"
    "|PT PRT|RO ROU|RS SRB|RU RUS,Russische Föderation|SA SAU,KSA,Kingdom of Saudi Arabia|SE SWE,Sverige|SG SGP"
    "|SI SVN|SK SVK,Slowakische Republik|SY SYR,Syrian Arab Republic|TH THA|TN TUN|TR TUR,Türkiye,Turkiye|TW TWN"
    "|UA UKR|US U.S.,U.S.A.,America,Vereinigte Staaten von Amerika|VE VEN|VN VNM,Viet Nam|ZA ZAF"
)
"""Other spellings of the others: three letters, official names, how the people there write it."""


def _listed(entries: str) -> dict[str, tuple[str, ...]]:
    return {entry[:2]: tuple(entry[3:].split(",")) for entry in entries.split("|")}


def _codes() -> dict[str, str]:
    tables = (_listed(_OTHERS), _listed(_ALSO), places.NAMES)
    listed = [(name, code) for table in tables for code, names in table.items() for name in names]
    return {form: code for name, code in listed for form in spellings(name)}


_CODES = _codes()
CODES = frozenset(places.NAMES) | frozenset(_listed(_OTHERS))
_REMARK = re.compile(r"\s*[(\[/].*$")


def country_of(cell: str) -> str:
    """The two letters of the country that ``cell`` names; empty where it names none that is known here.

    A name comes first: *UK* is no code of ISO 3166-1. What stands behind it in brackets is left out.
    """
    for form in (cell, _REMARK.sub("", cell)):
        if code := _CODES.get(plain(form)):
            return code
    code = cell.strip().upper()
    return code if code in CODES else ""
