"""Swedish."""

from __future__ import annotations

from leadbraid.conflicts.injection.concepts import Concept, Words

SWEDISH: Words = {
    Concept.FORGET: "ignorera|bortse|glöm|strunta i|hoppa över|följ inte|åsidosätt|kringgå|bryt mot",
    Concept.RULES: (
        "instruktion*|regel|regler|reglerna|riktlinje*|anvisning*|systemprompt*|prompt|direktiv*|order|begränsning*"
    ),
    Concept.TOLD: "det ovanstående|din roll|din uppgift|allt ovan|allt du|det du har fått höra|allt som står ovan",
    Concept.EARLIER: "tidigare|föregående|ovanstående|ovan|hittills|ursprunglig*|förra",
    Concept.YOURS: "dina|din|ditt|alla|samtliga|du har fått|som du|er|era|vanliga|systemets",
    Concept.VOID: "gäller inte|upphävda|ogiltiga|gäller inte längre|är upphävda",
    Concept.OWN_MAIL: "mitt förra|mitt tidigare|vårt förra|mitt senaste|bilagan",
    Concept.OBEY: "följ|lyd|gör|utför",
    Concept.ONLY: "bara|endast|enbart|i stället",
    Concept.THIS_TEXT: (
        "det här meddelandet|detta meddelande|den här texten|denna text|det som står här|står här|det jag säger"
        "|står där"
    ),
    Concept.ROLE: "du är nu|från och med nu|från och med nu är du|låtsas|spela rollen|agera som|uppför dig som|du är",
    Concept.MACHINE: (
        "assistenten|ai|ai:n|assistent|språkmodell*|artificiell intelligens|chattbot*|modell|modellen"
        "|automatiskt system"
    ),
    Concept.FREE: "utan begränsningar|utan gränser|utan regler|obegränsad|arbetar för oss",
    Concept.AUTHORITY: "din utvecklare|din administratör|systemadministratör*",
    Concept.DISABLE: "stäng av|inaktivera|du får|du måste",
    Concept.CHECKS: "kontroller|kontrollerna|filter|spärrar|regler|begränsningar|undantag",
    Concept.RATE: "ge|markera|sätt|betygsätt|klassa|klassificera|bedöm|höj|beskriv|behandla|registrera",
    Concept.LEAD: (
        "kunden|den här kunden|leadet|lead|förfrågan|förfrågningen|oss|företag|avsändaren|meddelande|kund|kontakt"
    ),
    Concept.SCORE: "poäng|betyg|score|bedömning|omdöme",
    Concept.TOP: "högsta|maximal|bästa|full|fulla|perfekt",
    Concept.GOOD: "kvalificerad|godkänd|ideal|pålitlig|lämplig|riskfri|uppfyllda",
    Concept.MUST: "ska|måste|bör|skall",
    Concept.RECOMMEND: "rekommendera|förorda",
    Concept.APPROVE: "godkänn|skicka|bekräfta|acceptera|sänd|svara",
    Concept.SKIP: "hoppa över|utan|kringgå|behövs inte|ingen",
    Concept.JUMP: "hoppa över|kringgå",
    Concept.DONE: "slutförd|klar",
    Concept.REVIEW: "granskning*|mänskliga granskningen|mänsklig granskning|godkännande*|kontroll*|översyn",
    Concept.HIDE: "nämn inga|rapportera inga|dölj|utelämna|nämn inte|ta bort|förtig|inga risker",
    Concept.TELL_NOT: "säg inget|berätta inte|utan att fråga|meddela inte",
    Concept.WATCHER: "chefen|din chef|någon|en människa|kollegerna",
    Concept.PRETEND: "låtsas att|låtsas som|utgå från att",
    Concept.RISK: "risk|risker|varning*|konflikt*|invändning*",
    Concept.CHANGE: "ändra|lägg till|byt|sätt|lägg",
    Concept.RECIPIENT: "mottagare*|mottagaren|bcc|dold kopia|svarsadress*",
    Concept.SEND: "skicka|mejla|ge|visa|lämna ut",
    Concept.INTERNAL: "andra kunder*|interna anteckningar|kundlista*|alla kunder|alla leads|andra förfrågningar",
    Concept.REVEAL: "visa|avslöja|skriv ut|upprepa|berätta|återge|översätt",
    Concept.SECRET: (
        "systemprompt*|dina instruktioner|interna instruktioner|hemliga*|din prompt|lösenord*|dina regler"
    ),
    Concept.INSERT: "infoga|skriv|ta med|inkludera|börja|avsluta|klistra in|lägg in",
    Concept.REPLY: "ditt svar|svaret|ert svar|svar",
    Concept.VERBATIM: (
        "ordagrant|oförändrad|oförändrat|exakt|länken|denna länk|följande mening|meningen|följande text"
    ),
    Concept.FETCH: "öppna|hämta|ladda|besök|läs",
    Concept.ANSWER: "svara|skriv|säg",
    Concept.ONE_WORD: "med ordet|ordet|json|inget annat",
    Concept.TO_WHOM: "meddelande till|till den|obs|hej|till|anteckning för|notis till|kära|om du är",
    Concept.DEAR: "kära|käre|bästa|hej|hallå",
    Concept.IF_YOU_ARE: "om du är en|om du är ett",
    Concept.ROBOT: "robot|algoritm|dator|språkmodell|ai|bot|chattbot",
    Concept.READS: "läser|behandlar|bedömer|sammanfattar|granskar|analyserar",
    Concept.ACT: "godkänna|markera|rekommendera|bedöma|klassa|ignorera|acceptera",
    Concept.SELF: "vi|jag|våra|chaufförer|förare|kunder",
    Concept.HARMLESS: "vår assistent|trafikregler|vårt ai|ai-företag",
}
