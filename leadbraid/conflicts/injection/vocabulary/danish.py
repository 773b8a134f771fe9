"""Danish."""

from __future__ import annotations

from leadbraid.conflicts.injection.concepts import Concept, Words

DANISH: Words = {
    Concept.FORGET: "ignorer|ignorér|glem|se bort fra|tilsidesæt|spring over|følg ikke|omgå",
    Concept.RULES: (
        "instruktion*|instruks*|regel|regler|reglerne|retningslinje*|anvisning*|systemprompt*|prompt|ordre|ordrer"
    ),
    Concept.TOLD: "alt ovenfor|alt hvad du|det du har fået at vide",
    Concept.EARLIER: "tidligere|foregående|ovenstående|forrige|hidtil|oprindelige|hidtidige",
    Concept.YOURS: "dine|din|dit|alle|samtlige|du har fået|som du|jeres|sædvanlige",
    Concept.VOID: "gælder ikke|ophævet|ugyldige|gælder ikke længere",
    Concept.OWN_MAIL: "min tidligere mail|min forrige|vores forrige|min seneste|vedhæftede",
    Concept.OBEY: "følg|adlyd|gør|udfør",
    Concept.ONLY: "kun|udelukkende|i stedet",
    Concept.THIS_TEXT: "denne besked|denne tekst|det der står her|står her|dette|det jeg siger",
    Concept.ROLE: "du er nu|fra nu af er du|lad som om|spil rollen|opfør dig som|du er",
    Concept.MACHINE: "ai|assistent|sprogmodel*|kunstig intelligens|chatbot*|model|modellen",
    Concept.FREE: "uden begrænsninger|uden grænser|uden regler|arbejder for os",
    Concept.RATE: "giv|marker|markér|sæt|vurder|vurdér|klassificer|bedøm|hæv|beskriv|betragt",
    Concept.LEAD: "lead|henvendelse|forespørgsel|os|virksomhed|afsender|besked|kunde",
    Concept.SCORE: "score|point|karakter|vurdering|bedømmelse",
    Concept.TOP: "højeste|maksimal|bedste|fuld|fulde|maksimale",
    Concept.GOOD: "kvalificeret|godkendt|ideel|troværdig|egnet|risikofri|opfyldt",
    Concept.RECOMMEND: "anbefal",
    Concept.APPROVE: "godkend|send|bekræft|accepter|svar",
    Concept.SKIP: "spring over|uden|omgå|ikke nødvendig|ingen",
    Concept.JUMP: "spring over|omgå",
    Concept.DONE: "afsluttet",
    Concept.REVIEW: "gennemgang|menneskelig gennemgang|godkendelse*|kontrol|menneskelig kontrol",
    Concept.HIDE: "nævn ingen|skjul|udelad|rapporter ingen|nævn ikke|fjern|fortie|ingen risici",
    Concept.RISK: "risiko|risici|advarsel|advarsler|konflikt*|indvendinger",
    Concept.CHANGE: "ændr|ændre|tilføj|skift|sæt",
    Concept.RECIPIENT: "modtager*|bcc|skjult kopi|svaradresse",
    Concept.SEND: "send|giv|vis|mail",
    Concept.INTERNAL: "andre kunder*|interne noter|kundeliste*|alle kunder|alle leads",
    Concept.REVEAL: "vis|afslør|udskriv|gentag|fortæl|gengiv",
    Concept.SECRET: "systemprompt*|dine instruktioner|interne instruktioner|hemmelige*|din prompt|adgangskoder",
    Concept.INSERT: "indsæt|skriv|medtag|begynd|slut",
    Concept.REPLY: "dit svar|svaret|svar",
    Concept.VERBATIM: "ordret|uændret|præcis|linket|dette link|følgende sætning",
    Concept.ANSWER: "svar|skriv|sig",
    Concept.ONE_WORD: "med ordet|ordet|json|intet andet",
    Concept.TO_WHOM: "besked til|til den|obs|hej|note til|kære|hvis du er",
    Concept.READS: "læser|behandler|vurderer|opsummerer|analyserer",
    Concept.SELF: "vi|jeg|vores|chauffører|kunder",
    Concept.HARMLESS: "vores assistent|færdselsregler",
}
