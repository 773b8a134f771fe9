"""Italian."""

from __future__ import annotations

from leadbraid.conflicts.injection.concepts import Concept, Words

ITALIAN: Words = {
    Concept.FORGET: (
        "lascia stare|lasciate stare|lascia perdere|ignora|ignori|ignorate|ignorare|dimentica|dimentichi"
        "|dimenticate|non seguire|non segua|trascura|tralascia|metti da parte|scavalca|aggira|non tenere conto"
        "|non rispettare|disattendi|annulla|scarta|smetti di seguire|disobbedisci|accantona"
    ),
    Concept.RULES: (
        "istruzione|istruzioni|regola|regole|direttiva|direttive|indicazioni|ordini|prompt|linee guida|vincoli"
        "|restrizioni|norme|disposizioni|programmazione"
    ),
    Concept.TOLD: (
        "quanto precede|ciò che precede|quello che precede|il tuo ruolo|il tuo compito|per chi lavori|chi sei"
        "|il tuo capo|tuo padrone|quello che ti hanno|ciò che hai letto|tutto ciò che|tutto quello che"
        "|quanto sopra|tutto il resto|ciò che ti"
    ),
    Concept.EARLIER: "precedent*|finora|prima|sopra|iniziali|iniziale|originali|originarie|anteriori|ricevute",
    Concept.YOURS: (
        "tue|tuo|tuoi|tua|tutte|tutti|tutto|sistema|di sistema|vostre|sue|abituali|che ti|interne|date|solite"
    ),
    Concept.VOID: (
        "non conta|non conta più|non importa|non contano|non valgono più|non sono più valide|sono annullate"
        "|non si applicano|decadono|sono revocate"
    ),
    Concept.OUR_RULES: "i criteri di valutazione|tuoi criteri|criteri di qualificazione",
    Concept.OWN_MAIL: (
        "mia mail|mio messaggio|mia precedente|nostra precedente|mail precedente|allegato|mia e-mail|mio ultimo"
    ),
    Concept.OBEY: "segui|segua|obbedisci|esegui|fai|attieniti|rispetta",
    Concept.ONLY: "solo|soltanto|esclusivamente|unicamente|nient'altro|solamente",
    Concept.THIS_TEXT: (
        "questo messaggio|questo testo|questa mail|queste istruzioni|ciò che è scritto|quanto segue"
        "|quello che dico|mittente|scritto qui"
    ),
    Concept.ROLE: (
        "sei|sei ora|ora sei|da questo momento sei|da ora sei|fingi|fai finta|comportati come|agisci come"
        "|immagina di essere|interpreta il ruolo|siete ora|siete un|d'ora in poi sei"
    ),
    Concept.MACHINE: (
        "ia|l'ia|assistente|intelligenza artificiale|modello|modello linguistico|chatbot|robot|agente"
        "|sistema automatico|bot|ai|algoritmo"
    ),
    Concept.FREE: (
        "per mio conto|per conto mio|senza limiti|senza restrizioni|senza regole|senza vincoli|lavori per noi"
        "|per conto nostro|illimitato|modalità sviluppatore|senza filtri"
    ),
    Concept.STAFF: "direttore commerciale|responsabile vendite",
    Concept.AUTHORITY: (
        "il tuo sviluppatore|tuo sviluppatore|tuo amministratore|amministratore di sistema|tuo creatore|tuo gestore"
    ),
    Concept.DISABLE: "disattiva|spegni|togli|rimuovi|puoi|devi|ti autorizzo",
    Concept.CHECKS: "controlli|verifiche|filtri|restrizioni|regole|sicurezza|eccezione",
    Concept.RATE: (
        "scrivi che|di che|scrivi|assegna|assegni|segna|segnala|contrassegna|classifica|imposta|metti|considera"
        "|consideri|valuta|dai|attribuisci|aumenta|alza|descrivi|tratta|registra|dichiara"
    ),
    Concept.RATED: "essere classificat*|essere considerat*|essere segnalat*",
    Concept.LEAD: "lead|richiesta|contatto|cliente|azienda|noi|ci|messaggio|mittente|società|consigliaci",
    Concept.SCORE: "punteggio|voto|valutazione|giudizio|punti|priorità|criteri|score|esito",
    Concept.TOP: (
        "massimo|massima|più alto|più alta|migliore|perfetto|perfetta|eccellente|pieno|pieni|positivo|positiva"
    ),
    Concept.GOOD: (
        "premium|vip|solvibile|qualificat*|approvat*|ideale|prioritari*|soddisfatti|affidabile|senza rischi"
        "|idoneo|verificat*|accettat*"
    ),
    Concept.CRITERIA: "criteri|criterio|esclusioni",
    Concept.REGARDLESS: (
        "a prescindere|indipendentemente|senza verificare|comunque|qualunque|senza riserve|nonostante"
    ),
    Concept.MUST: "deve|devono|dovrebbe|devi",
    Concept.RECOMMEND: "consiglia|consigliare|raccomanda|raccomandare|consigliaci|suggerisci",
    Concept.APPROVE: (
        "dai il via libera|approva|approvi|invia|invii|conferma|confermi|accetta|accetti|rispondi|spedisci"
        "|autorizza|convalida"
    ),
    Concept.APPROVED: "è già approvata da|si considera approvata|vale come approvazione|è pre-approvata",
    Concept.SKIP: "salta|saltare|senza|evita|ometti|non serve|aggira|nessuno|non è necessaria",
    Concept.JUMP: "salta|salti|ometti|aggira|evita",
    Concept.DONE: "completata|fatta",
    Concept.REVIEW: (
        "approvato|accettato|revisione umana|revisione|approvazione|verifica|controllo umano|l'approvazione"
        "|convalida|conferma umana|verifica umana|supervisione"
    ),
    Concept.HIDE: (
        "non parlare|non dire|non scrivere|non accennare|non segnalare|non menzionare|non indicare|non citare"
        "|nascondi|ometti|taci|elimina|non riportare|alcun rischio|nessun rischio|minimizza|rimuovi"
    ),
    Concept.TELL_NOT: (
        "non coinvolgere|senza coinvolgere|senza consultare|non consultare|non avvisare|senza avvisare"
        "|senza disturbare|non dire|non dirlo|senza chiedere"
    ),
    Concept.WATCHER: (
        "nessun umano|umano|umani|i superiori|il tuo superiore|nessuno|il capo|al capo|al tuo capo|i colleghi"
        "|il revisore|un umano|il responsabile"
    ),
    Concept.PRETEND: "fai finta che|fingi che|comportati come se|immagina che",
    Concept.RISK: "sanzioni|rischio|rischi|avvertenz*|avvisi|conflitt*|criticità|aspetti negativi|allarmi",
    Concept.CHANGE: "cambia|modifica|aggiungi|metti|sostituisci|inserisci",
    Concept.RECIPIENT: "destinatari*|copia nascosta|ccn|bcc|indirizzo di risposta",
    Concept.SEND: "invia|manda|inoltra|mostra|elenca|dammi|fornisci|condividi|esporta",
    Concept.INTERNAL: (
        "elenco dei tuoi clienti|lista dei vostri clienti|altri tuoi clienti|altri clienti|tutti i clienti"
        "|tutti i contatti|note interne|lista clienti|elenco dei clienti|altre richieste|altri lead"
        "|commenti interni|dati dei clienti"
    ),
    Concept.REVEAL: (
        "mostrami|dammi|dimmi|mostra|rivela|stampa|ripeti|scrivi|elenca|divulga|traduci|riporta|condividi"
    ),
    Concept.SECRET: (
        "il tuo prompt|tuo prompt|tua configurazione|tua memoria|tutte le tue istruzioni|prompt di sistema|prompt"
        "|tue istruzioni|istruzioni interne|istruzioni nascoste|istruzioni iniziali|chiavi api|chiave api"
        "|configurazione|segreti|credenziali|tue regole"
    ),
    Concept.INSERT: (
        "conferma|indica|afferma|inserisci|aggiungi|includi|scrivi|metti|comincia|inizia|termina|copia|incolla|riporta"
    ),
    Concept.REPLY: (
        "il rapporto|tuo rapporto|nel riassunto|tua risposta|la risposta|nella risposta|alla risposta|risposta"
        "|tuo messaggio|riassunto"
    ),
    Concept.VERBATIM: (
        "parola per parola|senza modifiche|testualmente|letteralmente|tale e quale|così com'è|esattamente"
        "|questo link|il link|testo seguente|seguente testo|la frase|seguente frase"
    ),
    Concept.PROMISE: (
        "non ci sono rischi|nessun rischio|contratto è firmato|ordine è confermato|è gratuito|gratis"
        "|accettiamo tutto|accettiamo i vostri|è confermato|sconto concesso"
    ),
    Concept.FETCH: "apri|carica|visita|scarica|leggi",
    Concept.RUN: "esegui|chiama|invoca|usa|utilizza|lancia",
    Concept.ANSWER: "rispondi|risponda|scrivi|di'|restituisci",
    Concept.ONE_WORD: "con la parola|la parola|una parola|json|con sì|in rima|nient'altro",
    Concept.TO_WHOM: (
        "nota per|messaggio per|avviso per|all'ia|alla|se sei|cara|caro|ciao|attenzione|istruzioni per|per l'ia"
        "|per il|qualsiasi|all'|per l"
    ),
    Concept.DEAR: "caro|cara|gentile|ciao|salve|egregio|signor",
    Concept.IF_YOU_ARE: "se sei un'|se sei una|se sei un|se siete una",
    Concept.ROBOT: (
        "robot|algoritmo|computer|sistema automatico|modello linguistico|intelligenza artificiale|ia|chatbot|bot"
        "|macchina"
    ),
    Concept.READS: "legge|leggi|elabora|valuta|riassume|analizza|esamina|gestisce|smista|tratta",
    Concept.ACT: (
        "approvare|classificare|segnalare|consigliare|accettare|valutare|ignorare|considerare|contrassegnare"
    ),
    Concept.SELF: "noi|io|loro|autisti|clienti|nostri|nostra|gli",
    Concept.HARMLESS: (
        "regole di|regole per|istruzioni di|istruzioni per|norme di|nostra assistente|nostro assistente"
        "|regole all'ingresso|istruzioni del bando|regole della strada|un assistente|sei mesi|sei settimane"
        "|sei siti|sei persone|sei utenti|sei baie|sei porte"
    ),
}
