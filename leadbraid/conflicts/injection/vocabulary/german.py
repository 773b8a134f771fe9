"""German."""

from __future__ import annotations

from leadbraid.conflicts.injection.concepts import Concept, Words

GERMAN: Words = {
    Concept.FORGET: (
        "vergiss bitte|lass weg|ignorier|ignoriere|ignorieren sie|ignorieren|vergiss|vergesst|vergessen sie"
        "|vergessen|missachte|missachten sie|missachten|außer acht|beachte nicht|beachten sie nicht"
        "|nicht beachten|halte dich nicht|halten sie sich nicht|nicht mehr an|folge nicht|folgen sie nicht|umgehe"
        "|umgehen sie|überschreibe|überschreiben sie|setze dich über|verwirf|verwerfen sie|lass|lassen sie|breche"
        "|brich|lösche|übergehe|übergehen sie|abweichen|weiche|nicht befolgen|nicht mehr befolgen|pfeif auf"
    ),
    Concept.RULES: (
        "anweisung*|instruktion*|vorgabe*|regel|regeln|regelwerk*|richtlinie*|befehl*|systemvorgabe*"
        "|systemanweisung*|prompt*|systemprompt*|leitlinie*|grundregel*|einschränkung*|beschränkung*"
        "|programmierung|sicherheitsregel*|auftrag|aufträge|grundsätze|spielregeln|ausschlusskriterien"
        "|ausschlüsse"
    ),
    Concept.TOLD: (
        "was du vorher|was du bisher|was du zuvor|was ihnen vorher|was vorher|was oben steht|alles was vorher"
        "|für wen du arbeitest|deinen chef|deinen betreiber|wer du bist|deinen auftraggeber|alles was dir"
        "|alles was ihnen|alles bisherige|alles vorherige|alles was du|alles obige|alles davor|was dir gesagt"
        "|was man dir"
    ),
    Concept.EARLIER: (
        "vorherig*|vorher|bisherig*|bisher|früher*|obig*|oben|vorangegangen*|vorangehend*|zuvor|ursprünglich*|alt"
        "|alte|alten|davor|bis jetzt|bislang"
    ),
    Concept.YOURS: (
        "dein|deine|deinen|deiner|deinem|ihre|ihren|ihrer|ihnen|dir|alle|allen|sämtliche|sämtlichen|alles"
        "|jegliche|system|die du|die sie|üblichen|übliche|diese|gegeben|internen|interne"
    ),
    Concept.VOID: (
        "zählt nicht|zählen nicht|spielt keine rolle|gilt nichts|ist egal|sind egal|gilt ab jetzt nicht"
        "|aufgehoben|ungültig|hinfällig|gelten nicht|gilt nicht|gelten ab jetzt nicht|nicht mehr gültig"
        "|außer kraft|gelten nicht mehr|keine gültigkeit|ersetzt|nichtig|nicht länger"
    ),
    Concept.ALTER: "ändere|ändern sie|umschreiben|passe|lockere|erweitere|lösche|streiche",
    Concept.OUR_RULES: (
        "die bewertungskriterien|bewertungskriterien|die ausschlusskriterien|ausschlusskriterien|das regelwerk"
        "|die prüfungen|risikoprüfung|deine prüfungen|deine filter|dein regelwerk|deine regeln|deine kriterien"
        "|die ausschlussliste|deine vorgaben|das playbook|deine ausschlüsse|deine anweisungen"
    ),
    Concept.OWN_MAIL: (
        "meine vorherige|meine letzte|meine frühere|unsere letzte|unsere vorherige|letzte mail|vorherige mail"
        "|vorherige nachricht|letzte nachricht|meine mail|meine nachricht|die anlage|anlage von|anhang|erinnerung"
        "|frühere fassungen|fassung|fassungen|unser schreiben|meine anfrage von|abwesenheitsnotiz"
    ),
    Concept.OBEY: (
        "folge|folgen sie|befolge|befolgen sie|gehorche|gehorchen sie|halte dich|halten sie sich|führe aus"
        "|führen sie aus|führe|führen sie|tu|tue|mach|mache|richte dich|höre"
    ),
    Concept.ONLY: "nur|ausschließlich|nur noch|stattdessen|allein|einzig",
    Concept.THIS_TEXT: (
        "diesem text|diesen text|dieser nachricht|diese nachricht|dieser mail|diese mail|was hier steht"
        "|hier steht|dort steht|was dort|was ich sage|absender|meinen anweisungen|diesen anweisungen"
        "|diese anweisungen|dem folgenden|den folgenden|was da steht|darin steht"
    ),
    Concept.ROLE: (
        "du bist|sie sind ab jetzt|sie sind jetzt|sie sind nun|ab jetzt bist|ab sofort bist|von nun an"
        "|spiele die rolle|spielen sie die rolle|übernimm die rolle|tu so|verhalte dich|verhalten sie sich"
        "|agiere als|stell dir vor|handle als|antworte als|gib dich als|schlüpfe in"
    ),
    Concept.MACHINE: (
        "ki|k i|künstliche intelligenz|sprachmodell*|ki-assistent*|ki assistent*|assistent|assistenten"
        "|assistenzsystem*|chatbot*|automat|automatisches system|automatisierte*|modell|agent|ki-system*"
        "|ki-agent*|maschine|algorithmus|auswertungssystem*"
    ),
    Concept.FREE: (
        "in meinem auftrag|mein assistent|auf meiner seite|ohne einschränkung*|ohne beschränkung*|ohne grenzen"
        "|ohne regeln|uneingeschränkt*|unbeschränkt*|ohne filter|für die firma|für uns|in unserem sinne"
        "|entwicklermodus|wartungsmodus|keine regeln|alles erlaubt|alles darf|im auftrag des absenders"
        "|arbeitest für"
    ),
    Concept.STAFF: "vertriebsleiter*|geschäftsführer des|verkaufsleiter*|prüfer|freigeber*|administrator",
    Concept.AUTHORITY: (
        "dein entwickler|deine entwickler|ihr entwickler|dein administrator|dein betreiber|dein programmierer"
        "|dein hersteller|deines entwicklers|deines betreibers|systemadministrator|betreibers|dein chef"
        "|dein schöpfer|deine entwicklerin|deines administrators|vom betreiber"
    ),
    Concept.DISABLE: (
        "schalte|schalten sie|deaktiviere|deaktivieren sie|hebe|setze aus|gib aus|du darfst|darfst du|du musst"
        "|erlaubt dir|freigeben|berechtige dich|ermächtige dich"
    ),
    Concept.CHECKS: (
        "prüfung|prüfungen|kontrolle|kontrollen|filter|sicherheit*|schutz*|regeln|einschränkungen|alles|ausnahme"
        "|ausnahmen"
    ),
    Concept.RATE: (
        "setz|markier|bewert|trag|schreib|stuf ein|werte|bewerte|bewerten sie|stufe|stufen sie|markiere"
        "|markieren sie|kennzeichne|kennzeichnen sie|setze|setzen sie|gib|geben sie|trage|tragen sie|vergib"
        "|vergeben sie|klassifiziere|klassifizieren sie|stelle|stellen sie|betrachte|betrachten sie|behandle"
        "|behandeln sie|erhöhe|erhöhen sie|beschreibe|stuf|ordne|melde|führe|beurteile|beurteilen sie|erkläre"
        "|muss betragen|muss|einstufen|hebe|bewertung muss|qualifiziere|qualifizieren sie"
    ),
    Concept.RATED: (
        "zu bewerten|zu behandeln|einzustufen|zu markieren|zu melden|zu führen|zu kennzeichnen|zu werten"
        "|eingestuft werden|bewertet werden|markiert werden|als qualifiziert gelten|behandelt werden"
        "|geführt werden"
    ),
    Concept.LEAD: (
        "lead|anfrage|anfragen|absender|interessent*|firma|unternehmen|uns|kontakt|diese nachricht|unsere anfrage"
        "|antragsteller*|kunden|unserem|unserer|mich|wir"
    ),
    Concept.SCORE: (
        "eignung|bewertung|score|punktzahl|punkte|note|rating|einstufung|ergebnis|urteil|kriterien|höchstnote"
        "|bestnote|höchstpunktzahl|priorität|punkten"
    ),
    Concept.TOP: (
        "höchstwert|maximalwert|höchste stufe|sehr gut|ausgezeichnet|hervorragend|höchste|höchsten"
        "|höchstmögliche*|maximal*|beste|besten|bestnote|höchstnote|höchstpunktzahl|höchster|oberste|volle|vollen"
        "|voller|perfekt*|positiv|bestmögliche*"
    ),
    Concept.GOOD: (
        "premiumkunde*|heiß|vip-kunde*|stammkunden und geprüft|a-lead|premium|vorrangig eingestuft"
        "|geprüft und freigegeben|qualifiziert|genehmigt|freigegeben|geeignet|ideal|idealkunde|wunschkunde"
        "|perfekt|geprüft|vertrauenswürdig|erfüllt|unbedenklich|risikofrei|risikolos|kaufbereit|heißer lead"
        "|strategischer kunde|passend|bestandskunde|idealer kunde|a-kunde|unkritisch"
    ),
    Concept.CRITERIA: "kriterien|kriterium|prüfkriterien|unternehmensgröße|anforderungen",
    Concept.REGARDLESS: (
        "egal was|egal|unabhängig von|ungeachtet|ohne vorbehalt|vorbehaltlos|in jedem fall|auf jeden fall positiv|trotz"
    ),
    Concept.MUST: "soll|muss|sollte|sollen|müssen|hat zu|ist verpflichtet",
    Concept.RECOMMEND: "empfiehl|empfehle|empfehlen sie|schlage vor|befürworte|bevorzuge",
    Concept.APPROVE: (
        "winke|lass raus|lass es raus|lass sie durch|winke durch|genehmige|genehmigen sie|gib|geben sie|bestätige"
        "|bestätigen sie|sende|senden sie|schicke|schick|schicken sie|versende|versenden sie|akzeptiere"
        "|akzeptieren sie|antworte|freigeben|antworten sie|erteile|lass|nimm an|freischalten"
    ),
    Concept.APPROVED: (
        "gilt als genehmigt|gilt als freigegeben|gilt als geprüft|gilt als freigabe|ist bereits genehmigt"
        "|ist vorab genehmigt|bereits von ihnen geprüft|ist vorab freigegeben|prüfung durch mitarbeiter entfällt"
        "|bereits geprüft und freigegeben|wir sind bereits geprüft|gelten als geprüft"
    ),
    Concept.SKIP: (
        "überspringe|überspringen sie|ohne|umgehe|umgehen sie|entfällt|nicht nötig|nicht erforderlich|auslassen"
        "|lass|lassen sie|verzichte|verzichten sie|unnötig|überflüssig|niemand"
    ),
    Concept.JUMP: (
        "überspringe|überspringen sie|umgehe|umgehen sie|lass weg|lassen sie weg|übergehe|spare|verzichte auf"
        "|verzichten sie auf"
    ),
    Concept.DONE: "erledigt|abgeschlossen|erfolgt|bestanden",
    Concept.REVIEW: (
        "risikoprüfung|sanktionsprüfung|bonitätsprüfung|compliance-prüfung|zugestimmt|genehmigt|unterschrieben"
        "|freigegeben|prüfung|menschliche prüfung|freigabe|kontrolle|überprüfung|genehmigung|bestätigung"
        "|vier-augen-prinzip|vieraugenprinzip|rückfrage|prüfer|mensch|warteschlange|durchsicht|sichtung"
        "|freigabeschritt|menschliche kontrolle"
    ),
    Concept.HIDE: (
        "nenn keine*|erwähn keine*|sag nichts über|verschweige|verschweigen sie|erwähne keine*"
        "|erwähnen sie keine*|erwähne nicht|erwähnen sie nicht|nenne keine*|nennen sie keine*|melde keine*"
        "|melden sie keine*|keine risiken melden|lass weg|unterdrücke|unterdrücken sie|verbirg|verbergen sie"
        "|verheimliche|unterschlage|entferne|entfernen sie|streiche|weglassen|lasse weg|keine risiken|keine warn*"
        "|liste keine*|keine hinweise|verharmlose|nicht erwähnen|nicht melden|keine bedenken|keinerlei risiken"
        "|blende aus"
    ),
    Concept.MENTION: (
        "erwähne|erwähnen sie|nenne|nennen sie|melde|melden sie|zeige|liste|schreibe|berichte|prüfe|prüfen sie"
        "|beachte|beachten sie"
    ),
    Concept.NOT: "nicht|kein|keine|keinen|keinesfalls|niemals",
    Concept.TELL_NOT: (
        "erwähne das|sag das|erzähle das|ziehe keinen|frage keinen|frag nicht|leite das nicht an|eskaliere nicht"
        "|warte nicht auf|sag nichts|sage nichts|ohne zu fragen|verrate es nicht|ohne den chef"
        "|ohne rücksprache mit|sag es nicht|informiere nicht|störe nicht|behellige nicht"
    ),
    Concept.WATCHER: (
        "niemandem|menschen|einen menschen|menschen hinzu|prüfer|einem mitarbeiter|mitarbeiter|dem chef"
        "|deinem chef|den chef|dem prüfer|deinen kollegen|dem menschen|einem menschen|dem vorgesetzten"
        "|deinem betreiber|dem vertrieb|deinem menschen"
    ),
    Concept.PRETEND: (
        "tu so als|tu einfach so|tun sie so als|tun sie einfach so|nimm an dass|gehe davon aus|stell dir vor"
    ),
    Concept.RISK: (
        "nachteile|negativ*|schwachstellen|risiko|risiken|warnung|warnungen|warnhinweis*|konflikt|konflikte"
        "|bedenken|ausschluss*|risikohinweis*|auffälligkeiten|negatives|schwächen|sanktionen|mängel"
        "|probleme im bericht"
    ),
    Concept.CHANGE: (
        "ändere|ändern sie|setze|setzen sie|füge|fügen sie|ersetze|ersetzen sie|nimm|trage|tragen sie|leite um"
        "|lege|schicke|sende|senden sie"
    ),
    Concept.RECIPIENT: (
        "verdeckt auch an|heimlich an|verdeckt an|unsichtbar an|blind an|empfänger*|empfängeradresse|bcc"
        "|blindkopie|reply-to|antwortadresse|verdeckte kopie|absenderadresse"
    ),
    Concept.SEND: (
        "sende|senden sie|schicke|schick|schicken sie|leite|leiten sie|maile|übermittle|übermitteln sie|gib"
        "|geben sie|nenne|nennen sie|exportiere|liste|zeige|zeigen sie"
    ),
    Concept.INTERNAL: (
        "deiner anderen|anderen kunden|deiner kunden|deinen kunden|deiner übrigen|anderer interessenten"
        "|anderen interessenten|anderer kunden|aller kunden|alle kunden|kundenliste|interne notizen"
        "|internen notizen|interne kommentare|alle leads|anderer leads|gesprächsverlauf|kundendaten"
        "|kundendatenbank|alle kontakte|anderer anfragen|aller anfragen|aller leads|interne bewertung"
    ),
    Concept.REVEAL: (
        "gib|geben sie|zeige|zeigen sie|verrate|verraten sie|nenne|nennen sie|offenbare|offenbaren sie|wiederhole"
        "|wiederholen sie|drucke|lege offen|übersetze|schreibe|füge|poste|liste|enthülle|enthüllen sie|ausgeben"
        "|zitiere|teile"
    ),
    Concept.SECRET: (
        "alle anweisungen|anweisungen aus|anweisungen die du|anweisungen wieder|deine konfiguration"
        "|dein gedächtnis|deine einstellungen|systemprompt|system-prompt|systemanweisung*|deine anweisungen"
        "|ihre anweisungen|deine internen|internen anweisungen|interne anweisungen|geheime*|zugangsdaten"
        "|deine vorgaben|ursprünglichen anweisungen|api-schlüssel|schlüssel|passwörter|deine regeln|verborgene*"
        "|konfiguration|deinen prompt|prompt|text über dieser|umgebungsvariablen"
    ),
    Concept.INSERT: (
        "bestätige|schreib|sag zu|füge|fügen sie|schreibe|schreiben sie|setze|setzen sie|übernimm|übernehmen sie"
        "|nimm|beginne|beginnen sie|beende|baue|kopiere|ergänze|ergänzen sie|verlinke"
    ),
    Concept.REPLY: (
        "deine zusammenfassung|dem bericht|den bericht|die zusammenfassung|deiner zusammenfassung|deinem bericht"
        "|deine bewertung|deiner bewertung|deine antwort|deiner antwort|die antwort|der antwort|ihre antwort"
        "|ihrer antwort|antwortmail|dein schreiben|deinem schreiben|zusammenfassung|antwort"
    ),
    Concept.VERBATIM: (
        "wörtlich|wortwörtlich|unverändert|genau so|exakt|den link|folgenden link|diesen link|den satz"
        "|folgenden satz|folgenden text|den text|ohne änderung*|buchstabengetreu|diesen satz"
    ),
    Concept.PROMISE: (
        "keine risiken|kein risiko|keinerlei risiken|vertrag zustande|verbindlich angenommen|angenommen ist"
        "|zugestimmt|rabatt zugesagt|zugesagt|kostenlos|akzeptiert|bestätigt ist|bestätigt|genehmigt"
        "|prozent rabatt|gratis|nachlass"
    ),
    Concept.FETCH: "rufe|rufen sie|öffne|öffnen sie|lade|laden sie|besuche|hole|lies|lesen sie",
    Concept.RUN: "rufe|führe|starte|benutze|verwende|nutze",
    Concept.TOOL: "dein werkzeug|deine werkzeuge|dein tool|deine suche|deinen browser|dein suchwerkzeug",
    Concept.ANSWER: "antworte|antworten sie|gib|geben sie|schreibe|sage|erwidere|ausgabe|deine antwort",
    Concept.ONE_WORD: (
        "mit dem wort|mit dem text|mit den worten|das wort|dem wort|einem wort|json|mit ja"
        "|im json-format|in reimen|als gedicht|sonst nichts"
        "|mit dem satz"
    ),
    Concept.TO_WHOM: (
        "hinweis an|hinweis für|nachricht an|notiz für|notiz an|an die|an den|an das|falls|wenn|liebe|lieber"
        "|hallo|anweisung an|anweisung für|achtung|für die|jede|jeder|mitteilung an|bitte an|hey|information für"
    ),
    Concept.DEAR: (
        "liebe|lieber|liebes|hallo|hey|werte|werter|werter herr|geehrte|geehrter|geehrtes|an die|an das|an den|unter"
    ),
    Concept.IF_YOU_ARE: (
        "falls du eine|wenn du eine|falls du ein|wenn du ein|da du eine|sofern du eine|falls sie eine|wenn sie eine"
    ),
    Concept.ROBOT: (
        "ki|roboter|algorithmus|computer|sprachmodell|maschine|automat|auswertende system|verarbeitende system"
        "|prüfende system|auswertungssystem|ki-system|künstliche intelligenz|programm|auswertende software"
        "|bearbeitende system|bot|ki-assistent"
    ),
    Concept.READS: (
        "liest|lesen|auswertet|auswerten|verarbeitet|bearbeitet|zusammenfasst|prüft|bewertet|analysiert|sortiert"
        "|beurteilt|sichtet|lesende|auswertende|bearbeitende|verarbeitende|vorsortiert"
    ),
    Concept.ACT: (
        "einstufen|freigeben|genehmigen|bewerten|markieren|empfehlen|ignorieren|annehmen|durchwinken|akzeptieren"
        "|behandeln"
    ),
    Concept.SELF: "wir|ich|er|unsere|unser|mitarbeiter|fahrer|kunden|speditionen|man|niemand|chef|kollegen",
    Concept.HARMLESS: (
        "regeln für|vorgaben für|anweisungen für|richtlinien für|regeln der|regeln zur|regeln im|liebe leute"
        "|computer für|maschinenbau|unser assistent|unsere assistentin|ki-unternehmen|ki unternehmen|ki-anbieter"
        "|ki-firma|unsere ki|ihrem system|zu ihrem system|verkehrsregeln|regelmäßig*|in der regel"
        "|bewertung der risiken|sicherheitsregeln für|anweisungen für fahrer|unser agent|qualifizierter lieferant"
        "|ki-startup|ki-lösung|ki-projekt|ki-verordnung"
    ),
}
