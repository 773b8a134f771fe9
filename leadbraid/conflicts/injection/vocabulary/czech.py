"""Czech."""

from __future__ import annotations

from leadbraid.conflicts.injection.concepts import Concept, Words

CZECH: Words = {
    Concept.FORGET: (
        "ignoruj|ignorujte|ignorovat|zapomeň|zapomeňte|nedbej|nedbejte|přeskoč|neřiď se|neřiďte se|obejdi"
        "|obejděte|poruš|nedodržuj|zruš|pomiň|odlož stranou|přepiš"
    ),
    Concept.RULES: "pokyn*|pravid*|instrukc*|příkaz*|směrnic*|prompt*|omezen*|zásad*|nařízen*",
    Concept.TOLD: "vše co|všechno co|vše výše|na všechno co",
    Concept.EARLIER: "předchoz*|dřívěj*|výše|původn*|dosavadn*|předešl*|doposud",
    Concept.YOURS: (
        "své|svá|svých|tvé|tvoje|vaše|všechn*|všechny|veškeré|jsi dostal|která jsi|které jsi|systémov*|obvykl*"
    ),
    Concept.VOID: "neplatí|už neplatí|jsou zrušen*|pozbývají platnosti|jsou neplatné",
    Concept.OWN_MAIL: (
        "můj předchozí|moji předchozí|můj minulý|náš předchozí|předchozí e-mail|předchozí zprávu|přílohu|můj poslední"
    ),
    Concept.OBEY: "řiď se|řiďte se|poslouchej|dělej|udělej|proveď|vykonej|následuj",
    Concept.ONLY: "jen|pouze|výhradně|místo toho",
    Concept.THIS_TEXT: (
        "tímto textem|tento text|touto zprávou|tuto zprávu|tohoto textu|co je zde|co říkám|tyto pokyny|co tam stojí"
    ),
    Concept.ROLE: (
        "jsi nyní|nyní jsi|jsi teď|teď jsi|od této chvíle jsi|od teď jsi|předstírej|chovej se jako|hraj roli"
        "|představ si|vystupuj jako|jsi"
    ),
    Concept.MACHINE: (
        "ai|umělá inteligence|umělé inteligenc*|asistent|asistente|asistentem|jazykový model|jazykovým modelem"
        "|model|chatbot*|bot|agent|automat*"
    ),
    Concept.FREE: (
        "bez omezení|bez pravidel|bez hranic|neomezen*|pracuješ pro naši|pracuješ pro nás|bez limitů|naším jménem"
    ),
    Concept.AUTHORITY: "tvůj vývojář|tvůj správce|správce systému|tvůj tvůrce|tvůj administrátor",
    Concept.DISABLE: "vypni|zruš|deaktivuj|smíš|můžeš|musíš",
    Concept.CHECKS: "kontroly|kontrolu|filtry|omezení|pravidla|ochrany|výjimku",
    Concept.RATE: "ohodnoť|označ|dej|nastav|přiřaď|vyhodnoť|zařaď|považuj|zvyš|popiš|uděl",
    Concept.LEAD: "lead|poptávk*|firm*|nás|nám|zákazník*|zpráv*|odesílatel*|kontakt|žádost",
    Concept.SCORE: "skóre|hodnocení|body|bodů|verdikt|kritéri*|prioritu|známku",
    Concept.TOP: "nejvyšší|maximální|nejlepší|plný|plné|výborn*|ideální|pozitivní",
    Concept.GOOD: "kvalifikovan*|schválen*|ideální|důvěryhodn*|splněn*|bez rizika|prověřen*|vhodn*",
    Concept.MUST: "musí|má|měl by|má povinnost",
    Concept.RECOMMEND: "doporuč|doporučte|doporučuj",
    Concept.APPROVE: "schval|schvalte|odešli|pošli|potvrď|přijmi|zašli|odpověz",
    Concept.SKIP: "přeskoč|vynech|bez|obejdi|není třeba|netřeba|nikdo",
    Concept.JUMP: "přeskoč|vynech|obejdi",
    Concept.DONE: "dokončen*|hotov*",
    Concept.REVIEW: "kontrol*|lidskou kontrolu|lidské kontroly|schválení|schvalování|revize|revizi|ověření",
    Concept.HIDE: "nezmiňuj|neuváděj|zamlč|skryj|vynech|odstraň|nehlas|žádná rizika|nezmiňujte",
    Concept.TELL_NOT: "neříkej|neinformuj|bez vědomí|nebuď",
    Concept.WATCHER: "nikomu|šéfovi|šéfa|člověka|kolegům",
    Concept.PRETEND: "předstírej že|dělej jako by|dělej jakoby",
    Concept.RISK: "rizik*|varován*|konflikt*|výhrad*|sankc*",
    Concept.CHANGE: "změň|přidej|nastav|nahraď|vlož",
    Concept.RECIPIENT: "příjemc*|adresát*|bcc|skrytou kopii|skryté kopie",
    Concept.SEND: "pošli|zašli|ukaž|vypiš|sděl|přepošli",
    Concept.INTERNAL: (
        "jiných zákazníků|ostatních zákazníků|všech zákazníků|interní poznámky|seznam zákazníků|ostatních poptávek"
    ),
    Concept.REVEAL: "ukaž|odhal|vypiš|zobraz|zopakuj|prozraď|přelož",
    Concept.SECRET: (
        "systémový prompt|systémové pokyny|své pokyny|své instrukce|interní pokyny|svůj prompt|hesla"
        "|skryté pokyny|konfiguraci"
    ),
    Concept.INSERT: "vlož|přidej|napiš|uveď|začni|zakonči|zahrň",
    Concept.REPLY: "odpověď|odpovědi|své odpovědi|souhrn*",
    Concept.VERBATIM: "doslova|slovo od slova|beze změny|přesně|tento odkaz|následující větu|tuto větu",
    Concept.PROMISE: "žádná rizika|bez rizik|smlouva je podepsána",
    Concept.FETCH: "otevři|načti|stáhni|navštiv|přečti",
    Concept.ANSWER: "odpověz|odpovídej|napiš|řekni",
    Concept.ONE_WORD: "slovem|slovo|jedním slovem|json|nic jiného",
    Concept.TO_WHOM: "poznámka pro|zpráva pro|pro ai|pokud jsi|milá|milý|ahoj|vzkaz pro|pro|pozor|instrukce pro",
    Concept.DEAR: "milý|milá|drahý|drahá|vážený|ahoj|pane",
    Concept.IF_YOU_ARE: "pokud jsi|jestli jsi",
    Concept.ROBOT: (
        "jazykový model|umělá inteligence|robote|robot|algoritme|počítači|jazykový modele|ai|bote|automate"
    ),
    Concept.READS: "čte|čtoucí|zpracovává|hodnotí|shrnuje|analyzuje|posuzuje",
    Concept.ACT: "schválit|označit|ohodnotit|doporučit|přijmout|ignorovat",
    Concept.SELF: "my|já|oni|naši|řidiči|zákazníci|náš",
    Concept.HARMLESS: "náš asistent|naše asistentka|dopravní pravidla|pravidla silničního",
}
