"""Countries as ISO 3166-1 alpha-2, from codes and from names in French, English and German."""

from __future__ import annotations

import pyarrow as pa
import pyarrow.compute as pc

from connu.sources.text import Column, folded, known, over_distinct

#: alpha-2, then alpha-3 and names (folded).
_COUNTRIES = """
AD and|andorra|andorre
AE are|united arab emirates|emirats arabes unis|uae|vae
AL alb|albania|albanie|albanien
AR arg|argentina|argentine|argentinien
AT aut|austria|autriche|osterreich|oesterreich
AU aus|australia|australie|australien
BA bih|bosnia and herzegovina|bosnie herzegovine|bosnia
BD bgd|bangladesh
BE bel|belgium|belgique|belgie|belgien
BF bfa|burkina faso
BG bgr|bulgaria|bulgarie|bulgarien
BJ ben|benin
BR bra|brazil|bresil|brasil|brasilien
CA can|canada|kanada
CD cod|democratic republic of the congo|republique democratique du congo|rdc
CG cog|congo
CH che|switzerland|suisse|schweiz|svizzera
CI civ|ivory coast|cote divoire
CL chl|chile|chili
CM cmr|cameroon|cameroun|kamerun
CN chn|china|chine
CO col|colombia|colombie|kolumbien
CY cyp|cyprus|chypre|zypern
CZ cze|czech republic|czechia|republique tcheque|tchequie|tschechien
DE deu|ger|germany|allemagne|deutschland
DK dnk|denmark|danemark|danmark
DZ dza|algeria|algerie|algerien
EC ecu|ecuador|equateur
EE est|estonia|estonie|estland
EG egy|egypt|egypte|agypten
ES esp|spain|espagne|espana|spanien
FI fin|finland|finlande|suomi|finnland
FR fra|france|frankreich|francia|republique francaise|france metropolitaine
GA gab|gabon
GB gbr|united kingdom|great britain|royaume uni|grande bretagne|uk|england|angleterre|scotland
GB ecosse|wales|pays de galles|northern ireland|irlande du nord
GB vereinigtes konigreich|grossbritannien
GF guf|french guiana|guyane|guyane francaise
GN gin|guinea|guinee
GP glp|guadeloupe
GR grc|greece|grece|griechenland
HK hkg|hong kong
HR hrv|croatia|croatie|kroatien
HT hti|haiti
HU hun|hungary|hongrie|ungarn
ID idn|indonesia|indonesie|indonesien
IE irl|ireland|irlande|irland|eire
IL isr|israel
IN ind|india|inde|indien
IR irn|iran
IS isl|iceland|islande|island
IT ita|italy|italie|italia|italien
JP jpn|japan|japon
KE ken|kenya
KH khm|cambodia|cambodge
KR kor|south korea|coree du sud|korea
LB lbn|lebanon|liban|libanon
LI lie|liechtenstein
LT ltu|lithuania|lituanie|litauen
LU lux|luxembourg|luxemburg
LV lva|latvia|lettonie|lettland
MA mar|morocco|maroc|marokko
MC mco|monaco
MD mda|moldova|moldavie
ME mne|montenegro
MG mdg|madagascar
MK mkd|north macedonia|macedoine du nord|macedonia
ML mli|mali
MQ mtq|martinique
MT mlt|malta|malte
MU mus|mauritius|ile maurice|maurice
MX mex|mexico|mexique|mexiko
MY mys|malaysia|malaisie
NC ncl|new caledonia|nouvelle caledonie
NE ner|niger
NG nga|nigeria
NL nld|netherlands|the netherlands|pays bas|holland|hollande|niederlande|nederland
NO nor|norway|norvege|norge|norwegen
NZ nzl|new zealand|nouvelle zelande|neuseeland
PE per|peru|perou
PF pyf|french polynesia|polynesie francaise
PH phl|philippines
PK pak|pakistan
PL pol|poland|pologne|polska|polen
PT prt|portugal
RE reu|reunion|la reunion|ile de la reunion
RO rou|romania|roumanie|rumanien
RS srb|serbia|serbie|serbien
RU rus|russia|russie|russland|russian federation
SA sau|saudi arabia|arabie saoudite
SE swe|sweden|suede|sverige|schweden
SG sgp|singapore|singapour
SI svn|slovenia|slovenie|slowenien
SK svk|slovakia|slovaquie|slowakei
SN sen|senegal
TG tgo|togo
TH tha|thailand|thailande
TN tun|tunisia|tunisie|tunesien
TR tur|turkey|turquie|turkei|turkiye
TW twn|taiwan
UA ukr|ukraine
US usa|united states|united states of america
US etats unis|etats unis damerique|u s a|america|vereinigte staaten
VE ven|venezuela
VN vnm|vietnam|viet nam
YT myt|mayotte
ZA zaf|south africa|afrique du sud|sudafrika
"""


def _table() -> dict[str, str]:
    words: dict[str, str] = {}
    for line in _COUNTRIES.strip().splitlines():
        code, _, names = line.partition(" ")
        for word in (code.lower(), *names.split("|")):
            words.setdefault(word, code)
    return words


#: Countries whose addresses and civilities are written in French, English, German.
FRENCH_SPEAKING = ("FR", "BE", "LU", "MC", "RE", "GP", "MQ", "GF", "YT", "NC", "PF")
ENGLISH_SPEAKING = ("GB", "US", "IE", "AU", "NZ", "CA")
GERMAN_SPEAKING = ("DE", "AT", "CH", "LI")

_CODES = _table()
_WORDS = pa.array(list(_CODES), pa.string())
_ALPHA2 = pa.array(list(_CODES.values()), pa.string())

#: Alpha-2 codes connu knows by name.
COUNTRIES = frozenset(_CODES.values())


def normalise_countries(values: Column) -> Column:
    """Alpha-2 codes of names and codes; a country nobody knows is missing.

    Any two letters that are no known code are kept as they are: the table is not the whole world.
    """
    return over_distinct(values, _normalise)


def _normalise(values: Column) -> Column:
    words = folded(known(values))
    code = _ALPHA2.take(pc.index_in(words, value_set=_WORDS))
    two = pc.fill_null(pc.match_substring_regex(words, "^[a-z]{2}$"), False)
    other = pc.if_else(two, pc.utf8_upper(words), pa.scalar(None, pa.string()))
    return pc.coalesce(code, other)
