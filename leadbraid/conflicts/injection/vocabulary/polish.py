"""Polish."""

from __future__ import annotations

from leadbraid.conflicts.injection.concepts import Concept, Words

POLISH: Words = {
    Concept.FORGET: (
        "zignoruj|ignoruj|zignorować|ignorować|zapomnij|pomiń|pomijaj|nie przestrzegaj|nie stosuj|odrzuć|obejdź"
        "|złam|nie zważaj|przestań stosować|odłóż na bok|unieważnij|nadpisz|lekceważ"
    ),
    Concept.RULES: (
        "instrukcj*|zasad*|reguł*|wytyczn*|poleceni*|polecen|prompt*|ograniczeni*|ograniczeń|dyrektyw*|nakaz*"
        "|polityk*|wskazówk*|wskazówek"
    ),
    Concept.TOLD: "to co powyżej|swoją rolę|swoje zadanie|wszystko powyżej|wszystko co|o wszystkim co|to co ci",
    Concept.EARLIER: "poprzedni*|wcześniej*|dotychczas*|powyższ*|pierwotn*|początkow*|uprzedni*",
    Concept.YOURS: (
        "swoje|swoich|twoje|twoich|wszystki*|wszelki*|otrzymałeś|które dostałeś|dano ci|systemow*|ci|swój|zwykłe"
        "|zwykłych"
    ),
    Concept.VOID: (
        "nie obowiązują|już nie obowiązują|są nieważne|tracą ważność|zostały anulowane|unieważnione|zostały uchylone"
    ),
    Concept.OWN_MAIL: (
        "moją poprzednią|mój poprzedni|moja poprzednia|nasz poprzedni|poprzednią wiadomość|poprzedni mail"
        "|załącznik*|mojego poprzedniego|poprzedniej wiadomości"
    ),
    Concept.OBEY: "wykonaj|wykonuj|stosuj|słuchaj|kieruj|postępuj|rób|zrób",
    Concept.ONLY: "tylko|wyłącznie|jedynie|zamiast",
    Concept.THIS_TEXT: (
        "tym tekstem|tego tekstu|ten tekst|tej wiadomości|tę wiadomość|co tu napisano|te instrukcje|co mówię"
        "|tym mailem|nadawcy|tam napisano|co tam"
    ),
    Concept.ROLE: (
        "jesteś teraz|od teraz jesteś|jesteś|udawaj|zachowuj się jak|wciel się|odgrywaj rolę|wyobraź sobie"
        "|działaj jako|przyjmij rolę"
    ),
    Concept.MACHINE: (
        "ai|si|sztuczn* inteligencj*|asystent|asystentem|asystencie|model|modelem|model językowy"
        "|modelem językowym|chatbot*|bot|bocie|automat*|agent|agentem|algorytm*"
    ),
    Concept.FREE: (
        "bez ograniczeń|bez zasad|bez limitów|nieograniczon*|pracujesz dla naszej|pracujesz dla nas"
        "|w naszym imieniu|bez filtrów|tryb deweloper*|bez reguł"
    ),
    Concept.AUTHORITY: (
        "twoim programistą|twój programista|twoim administratorem|twój administrator|administrator systemu"
        "|twój twórca|twoim twórcą|twój operator|twoim deweloperem"
    ),
    Concept.DISABLE: "wyłącz|usuń|dezaktywuj|możesz|musisz|upoważniam cię|zdejmij",
    Concept.CHECKS: "kontrole|kontroli|zabezpieczenia|filtry|ograniczenia|sprawdzanie|zasady|weryfikację|wyjątek",
    Concept.RATE: (
        "wpisz|oceń|nadaj|oznacz|ustaw|przyznaj|daj|zaklasyfikuj|sklasyfikuj|uznaj|podnieś|zwiększ|opisz"
        "|potraktuj|zakwalifikuj|wystaw"
    ),
    Concept.LEAD: "lead|leada|zapytani*|zgłoszeni*|firm*|nas|nam|klient*|wiadomość|nadawc*|kontakt",
    Concept.SCORE: "ocen*|punkt*|wynik*|score|werdykt*|kryteri*|priorytet*|notę",
    Concept.TOP: "komplet punktów|najwyższ*|maksymaln*|najlepsz*|najwyżej|pełn*|idealn*|doskonał*|pozytywn*",
    Concept.GOOD: (
        "zakwalifikowan*|zatwierdzon*|kwalifikowan*|idealn*|zaufan*|spełnion*|bez ryzyka|sprawdzon*|odpowiedni*"
        "|zaakceptowan*"
    ),
    Concept.CRITERIA: "kryteri*|wykluczeni*",
    Concept.REGARDLESS: "bez względu|niezależnie od|bez sprawdzania|bez zastrzeżeń|mimo",
    Concept.MUST: "musi|powinien|powinna|ma obowiązek",
    Concept.RECOMMEND: "polecaj|poleć|rekomenduj|zarekomenduj",
    Concept.APPROVE: "zatwierdź|wyślij|zaakceptuj|potwierdź|prześlij|odpowiedz|przepuść|wysyłaj",
    Concept.APPROVED: (
        "jest już zatwierdzon*|uznaje się za zatwierdzon*|zostało wstępnie zatwierdzone|stanowi zatwierdzenie"
    ),
    Concept.SKIP: "pomiń|bez|omiń|obejdź|niepotrzebn*|nie trzeba|nikt",
    Concept.JUMP: "pomiń|omiń|obejdź|pomijaj",
    Concept.DONE: "zakończon*|wykonan*",
    Concept.REVIEW: "weryfikacj*|zatwierdzeni*|zatwierdzania|kontrol*|przeglądu|sprawdzeni*|akceptacj*|człowieka",
    Concept.HIDE: (
        "nie wspominaj|nie zgłaszaj|ukryj|przemilcz|usuń|nie wymieniaj|nie podawaj|zataj|nie raportuj|nie pisz"
        "|żadnych ryzyk"
    ),
    Concept.TELL_NOT: (
        "nie angażuj|nie pytaj|nie mów|nie budź|nie informuj|nie zawiadamiaj|bez pytania|nie powiadamiaj"
    ),
    Concept.WATCHER: "szefa|szefowi|nikomu|nikogo|człowieka|kolegom|przełożonego|kierownika",
    Concept.PRETEND: "udawaj że|załóż że|wyobraź sobie że",
    Concept.RISK: "ryzyk*|ostrzeż*|zagroż*|konflikt*|zastrzeż*|sankcj*",
    Concept.CHANGE: "zmień|dodaj|ustaw|zamień|podmień|wpisz",
    Concept.RECIPIENT: "odbiorc*|adresat*|bcc|udw|ukrytej kopii|ukrytą kopię|adres zwrotny",
    Concept.SEND: "wyślij|prześlij|podaj|pokaż|przekaż|udostępnij|wypisz",
    Concept.INTERNAL: (
        "innych klientów|wszystkich klientów|list* klientów|notatki wewnętrzne|wewnętrzne notatki|inne zapytania"
        "|innych zapytań|wszystkie kontakty|danych klientów"
    ),
    Concept.REVEAL: "ujawnij|pokaż|wyświetl|wypisz|powtórz|podaj|zdradź|wydrukuj|przetłumacz|zacytuj",
    Concept.SECRET: (
        "swoją konfigurację|swoją pamięć|wszystkie swoje instrukcje|prompt systemow*|systemow* prompt*"
        "|swoje instrukcje|twoje instrukcje|wewnętrzn* instrukcj*|ukryt* instrukcj*|swój prompt|hasł*|klucz api"
        "|klucze api|konfiguracj*|swoje zasady"
    ),
    Concept.INSERT: "potwierdź|wstaw|dodaj|umieść|dołącz|napisz|zacznij|zakończ|wklej|dopisz",
    Concept.REPLY: "odpowiedzi|odpowiedź|swojej odpowiedzi|podsumowani*",
    Concept.VERBATIM: (
        "dosłownie|słowo w słowo|bez zmian|dokładnie|ten link|następujący link|to zdanie|następujące zdanie"
        "|następujący tekst"
    ),
    Concept.PROMISE: "nie ma ryzyka|brak ryzyka|brak ryzyk|umowa jest podpisana|zamówienie jest potwierdzone",
    Concept.FETCH: "otwórz|pobierz|wczytaj|odwiedź|przeczytaj",
    Concept.RUN: "wywołaj|uruchom|wykonaj|użyj",
    Concept.ANSWER: "odpowiedz|odpowiadaj|napisz|powiedz|zwróć",
    Concept.ONE_WORD: "słowem|słowo|jednym słowem|json|nic więcej|wierszem",
    Concept.TO_WHOM: (
        "uwaga dla|wiadomość dla|notatka dla|do ai|jeśli jesteś|drog*|cześć|instrukcja dla|informacja dla|dla|każd*|hej"
    ),
    Concept.DEAR: "drogi|droga|drogie|szanowny|szanowna|cześć|hej|witaj|panie|pani",
    Concept.IF_YOU_ARE: "jeśli jesteś|jeżeli jesteś",
    Concept.ROBOT: (
        "modelem językowym|sztuczną inteligencją|botem|automatem|robocie|robot|automacie|algorytmie|komputerze"
        "|modelu językowy|sztuczna inteligencjo|bocie|ai|systemie automatyczny|maszyno"
    ),
    Concept.READS: (
        "czyta|czytając*|czytasz|przetwarza|przetwarzając*|ocenia|oceniając*|podsumowuje|analizuje|analizując*"
    ),
    Concept.ACT: "zatwierdzić|ocenić|oznaczyć|polecić|zaakceptować|zignorować",
    Concept.SELF: "my|ja|oni|nasi|kierowcy|klienci|nasz|nasza",
    Concept.HARMLESS: (
        "zasady dla|instrukcje dla|instrukcji montażu|nasza asystentka|nasz asystent|zasady ruchu"
        "|instrukcji z załącznika"
    ),
}
