"""Dutch."""

from __future__ import annotations

from leadbraid.conflicts.injection.concepts import Concept, Words

DUTCH: Words = {
    Concept.FORGET: (
        "negeer|negeren|vergeet|veronachtzaam|sla over|omzeil|houd je niet|volg niet|laat varen|laat los"
        "|trek je niets|overtreed|schuif opzij"
    ),
    Concept.RULES: (
        "instructie*|regel|regels|richtlijn*|opdracht*|voorschrift*|prompt|systeemprompt|beperking*|beleid"
        "|aanwijzing*|bevel*"
    ),
    Concept.TOLD: (
        "het bovenstaande|wat hierboven staat|je rol|je taak|voor wie je werkt|wie je bent|je baas|wat je eerder"
        "|alles hierboven|alles wat je|wat je verteld|al het voorgaande"
    ),
    Concept.EARLIER: "eerder*|vorig*|voorgaand*|bovenstaand*|oorspronkelijk*|tot nu toe|hiervoor",
    Concept.YOURS: "je|jouw|uw|alle|al je|elke|die je|systeem|gebruikelijke",
    Concept.VOID: (
        "telt niet|doet er niet toe|geldt niet|niet meer geldig|gelden niet|vervallen|ongeldig|opgeheven"
        "|gelden niet meer|niet langer van kracht"
    ),
    Concept.OUR_RULES: "de scorecriteria|je criteria|jouw criteria|kwalificatiecriteria",
    Concept.OWN_MAIL: "mijn vorige|mijn eerdere|ons vorige|mijn laatste|vorige mail|bijlage",
    Concept.OBEY: "volg|doe|gehoorzaam|voer uit|luister",
    Concept.ONLY: "alleen|uitsluitend|enkel|slechts|alleen nog",
    Concept.THIS_TEXT: (
        "wat hier staat|deze tekst|dit bericht|deze mail|hier staat|daar staat|deze instructies|wat ik zeg"
    ),
    Concept.ROLE: (
        "je bent nu|vanaf nu ben je|je bent|u bent nu|doe alsof|speel de rol|gedraag je|doe je voor|vanaf nu"
    ),
    Concept.MACHINE: (
        "ai|ai-assistent|assistent|taalmodel*|chatbot*|kunstmatige intelligentie|model|automatisch systeem"
        "|ai-systeem|agent"
    ),
    Concept.FREE: "zonder beperkingen|zonder grenzen|zonder regels|onbeperkt*|voor ons werkt|namens ons|geen regels",
    Concept.AUTHORITY: "je ontwikkelaar|jouw ontwikkelaar|je beheerder|systeembeheerder|je maker",
    Concept.DISABLE: "schakel|zet uit|deactiveer|je mag|je moet",
    Concept.CHECKS: "controles|controle|filters|beperkingen|regels|beveiliging|uitzondering",
    Concept.RATE: (
        "beoordeel|markeer|geef|zet|classificeer|keur|beschouw|stel|verhoog|noteer|registreer|behandel|beschrijf"
    ),
    Concept.LEAD: "lead|aanvraag|ons|bedrijf|afzender|bericht|contact|verzoek|klant",
    Concept.SCORE: "score|beoordeling|cijfer|punten|oordeel|criteria",
    Concept.TOP: "hoogste|maximale|beste|perfecte|volle|maximaal",
    Concept.GOOD: "goedgekeurd|gekwalificeerd|ideaal|ideale klant|betrouwbaar|geschikt|risicovrij|voldaan",
    Concept.MUST: "moet|moeten|dient|zou moeten",
    Concept.RECOMMEND: "beveel|raad aan",
    Concept.APPROVE: "keur|stuur|verstuur|verzend|bevestig|accepteer|geef|antwoord",
    Concept.SKIP: "sla|zonder|omzeil|niet nodig|overslaan|niemand",
    Concept.JUMP: "sla|sla over|omzeil",
    Concept.DONE: "voltooid|afgerond",
    Concept.REVIEW: "controle|menselijke controle|goedkeuring|beoordeling|toestemming|menselijke beoordeling|nazicht",
    Concept.HIDE: (
        "vermeld geen|noem geen|meld geen|verberg|verzwijg|laat weg|rapporteer geen|verwijder|niet vermelden"
        "|geen risico's|vermeld niet"
    ),
    Concept.MENTION: "vermeld|noem|meld",
    Concept.NOT: "niet|geen",
    Concept.TELL_NOT: (
        "betrek geen|zonder overleg met|vraag geen|vertel niets|zonder te vragen|waarschuw niemand|zeg niets"
        "|zonder te storen"
    ),
    Concept.WATCHER: "mens|menselijke|collega's|de baas|je baas|je collega's|een mens|niemand|de beoordelaar",
    Concept.PRETEND: "doe alsof|stel je voor dat|ga ervan uit",
    Concept.RISK: "risico*|waarschuwing*|conflict*|bezwaar|bezwaren|bevinding*|nadelen",
    Concept.CHANGE: "wijzig|verander|zet|voeg|vervang",
    Concept.RECIPIENT: "ontvanger|bcc|blinde kopie|antwoordadres|reply-to",
    Concept.SEND: "stuur|mail|geef|verstrek|toon|noem",
    Concept.INTERNAL: (
        "andere klanten|andere leads|interne notities|klantenlijst|alle klanten|alle leads|andere aanvragen"
        "|klantgegevens"
    ),
    Concept.REVEAL: "toon|onthul|geef|herhaal|druk|noem|laat zien|print|vertaal|schrijf",
    Concept.SECRET: (
        "je configuratie|je geheugen|al je instructies|je volledige|systeemprompt|je instructies|jouw instructies"
        "|interne instructies|je prompt|geheime*|verborgen instructies|wachtwoorden|je regels|api-sleutel"
    ),
    Concept.INSERT: "bevestig|vermeld|voeg|zet|neem|schrijf|begin|eindig|plak|plaats",
    Concept.REPLY: (
        "de samenvatting|je samenvatting|het rapport|je antwoord|jouw antwoord|het antwoord|de reactie|je reactie"
        "|je bericht|antwoord"
    ),
    Concept.VERBATIM: (
        "letterlijk|woordelijk|ongewijzigd|precies zo|deze link|deze zin|de volgende zin|de volgende tekst|exact"
    ),
    Concept.PROMISE: "geen risico's|akkoord|contract is getekend|bevestigd is",
    Concept.FETCH: "open|laad|bezoek|haal|lees",
    Concept.RUN: "roep|voer|gebruik|start",
    Concept.ANSWER: "antwoord|zeg|schrijf|geef",
    Concept.ONE_WORD: "met het woord|het woord|json|met ja|verder niets",
    Concept.TO_WHOM: (
        "bericht aan|opmerking voor|notitie voor|aan de|beste|hallo|als je een|let op|voor de|instructie voor"
        "|bericht voor|elke"
    ),
    Concept.DEAR: "beste|geachte|hallo|hoi|lieve|hé",
    Concept.IF_YOU_ARE: "als je een|als jij een|indien je een",
    Concept.ROBOT: (
        "robot|algoritme|computer|taalmodel|ai|chatbot|bot|automatisch systeem|kunstmatige intelligentie|machine"
    ),
    Concept.READS: "leest|verwerkt|beoordeelt|samenvat|analyseert|behandelt",
    Concept.ACT: "goedkeuren|markeren|beoordelen|aanbevelen|accepteren|classificeren|negeren",
    Concept.SELF: "wij|we|ik|onze|chauffeurs|klanten|men",
    Concept.HARMLESS: (
        "regels voor|instructies voor|richtlijnen voor|onze assistent|onze assistente|ons ai|verkeersregels|ai-bedrijf"
    ),
}
