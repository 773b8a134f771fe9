"""French."""

from __future__ import annotations

from leadbraid.conflicts.injection.concepts import Concept, Words

FRENCH: Words = {
    Concept.FORGET: (
        "laisse tomber|laissez tomber|ignore|ignorez|ignorer|oublie|oubliez|oublier|faites abstraction"
        "|fais abstraction|ne tenez plus compte|ne tiens plus compte|ne tiens pas compte|ne tenez pas compte"
        "|laisser de côté|laisse de côté|laissez de côté|mets de côté|mettez de côté|outrepasse|outrepassez"
        "|contourne|contournez|ne respecte plus|ne respectez plus|ne suis plus|ne suivez plus|n'applique plus"
        "|n'appliquez plus|passe outre|passez outre|écarte|écartez|désobéis|fais fi|faites fi|ne suis pas"
        "|ne suivez pas|abandonne|abandonnez"
    ),
    Concept.RULES: (
        "instruction|instructions|consigne|consignes|règle|règles|directive|directives|ordre|ordres|prompt"
        "|invite système|programmation|contraintes|restrictions|politique|garde-fous|limites"
    ),
    Concept.TOLD: (
        "ce qui précède|tout ce qui est au-dessus|ton rôle|ta mission|ce qui est au-dessus|ton patron"
        "|ton employeur|qui t'emploie|qui tu es|pour qui tu travailles|ton créateur|ce qui est écrit plus haut"
        "|ce que tu as lu|tout ce qui précède|tout ce qu'on t'a|tout ce que tu|ce qu'on t'a dit"
        "|tout ce qu'on vous|tout ce que vous"
    ),
    Concept.EARLIER: (
        "précédent*|antérieur*|auparavant|ci-dessus|initial*|avant|jusqu'ici|jusqu'à présent|d'origine|préalable*"
        "|plus haut|reçues"
    ),
    Concept.YOURS: (
        "tes|ton|ta|vos|votre|toutes|tous|tout|système|données|habituelles|habituel|qui vous|qui t'ont|que tu"
        "|que vous|internes|ces"
    ),
    Concept.VOID: (
        "ne compte plus|ne compte pas|n'a plus d'importance|n'a aucune importance|peu importe"
        "|ne s'appliquent plus|ne sont plus valables|sont annulées|ne valent plus|annulées|caduques"
        "|ne comptent plus|sont levées|suspendues|ne s'appliquent pas"
    ),
    Concept.OUR_RULES: (
        "les critères de notation|grille de notation|ta grille|tes critères|vos critères|critères de qualification"
    ),
    Concept.OWN_MAIL: (
        "mon précédent|mon dernier|mon message|mon mail|notre précédent|ma précédente|pièce jointe|notre dernier"
        "|mes messages|mon courriel"
    ),
    Concept.OBEY: "suis|suivez|obéis|obéissez|exécute|exécutez|fais|faites|applique|appliquez|conforme-toi",
    Concept.ONLY: "seulement|uniquement|exclusivement|que ce|désormais|rien d'autre|seule",
    Concept.THIS_TEXT: (
        "ce message|ce texte|ce mail|celles-ci|ces instructions|ce qui suit|ce qui y est écrit|y est écrit"
        "|ce que je dis|est écrit ici|l'expéditeur|ce courriel|celles de ce"
    ),
    Concept.ROLE: (
        "tu bosses pour|tu travailles pour|tu travailles désormais|tu es|tu es désormais|tu es maintenant"
        "|vous êtes maintenant|vous êtes désormais|fais comme si|faites comme si|joue le rôle|jouez le rôle"
        "|comporte-toi|agis comme|agissez comme|imagine que|à partir de maintenant|désormais tu|prends le rôle"
        "|vous êtes une ia|vous êtes un assistant"
    ),
    Concept.MACHINE: (
        "ia|l'ia|assistant|assistante|modèle|modèle de langage|intelligence artificielle|chatbot|robot|agent"
        "|système automatique|système automatisé|modèle linguistique|algorithme"
    ),
    Concept.FREE: (
        "pour moi|de ma part|en mon nom|pour moi maintenant|pour nous maintenant|pour moi désormais|sans limites"
        "|sans limite|sans restriction*|sans règles|sans contrainte*|illimité|travaille pour notre"
        "|travailles pour nous|pour notre société|sans filtre|mode développeur|mode maintenance"
    ),
    Concept.STAFF: "directeur commercial|directrice commerciale|le responsable|le patron",
    Concept.AUTHORITY: (
        "ton développeur|votre développeur|ton administrateur|votre administrateur|ton créateur|ton opérateur"
        "|administrateur système|administrateur du système|tes développeurs"
    ),
    Concept.DISABLE: "désactive|désactivez|coupe|lève|levez|supprime|tu peux|tu dois|tu es autorisé|t'autorise",
    Concept.CHECKS: "contrôle|contrôles|filtres|vérifications|restrictions|sécurité|règles|protections|exception",
    Concept.RATE: (
        "place|placez|classe|positionne|écris que|dis que|attribue|attribuez|marque|marquez|classez|note|notez"
        "|donne|donnez|mets|mettez|fixe|fixez|considère|considérez|évalue|évaluez|augmente|augmentez|traite"
        "|traitez|qualifie|qualifiez|déclare|déclarez|décris|indique que|juge|accorde|accordez"
    ),
    Concept.RATED: "être classée|être notée|être considérée|être qualifiée|être marquée",
    Concept.LEAD: (
        "lead|demande|prospect|prospects|société|nous|entreprise|message|client|expéditeur|contact|notre dossier"
        "|candidat"
    ),
    Concept.SCORE: "note|score|évaluation|points|verdict|qualification|notation|critères|priorité|appréciation",
    Concept.TOP: (
        "tout en haut|en tête|en haut de|au sommet|en premier|maximale|maximal|maximum|meilleure|plus haute"
        "|plus élevé*|parfaite|parfait|la plus|excellente|excellent|totale|positive|positif"
    ),
    Concept.GOOD: (
        "premium|vip|qualifié*|approuvé*|validé*|idéal*|fiable|prioritaire*|satisfaits|sans risque|parfait"
        "|accepté*|remplis|vérifié*|stratégique"
    ),
    Concept.CRITERIA: "critères|critère|règles d'exclusion",
    Concept.REGARDLESS: "quels que soient|peu importe|sans vérifier|sans réserve|quoi qu'il arrive|malgré",
    Concept.MUST: "doit|devez|doivent|devrait|est tenu",
    Concept.RECOMMEND: "recommande|recommandez|recommander|privilégie|soutiens",
    Concept.APPROVE: (
        "approuve|approuvez|valide|validez|envoie|envoyez|envoyer|accepte|acceptez|confirme|confirmez|réponds"
        "|répondez|libère"
    ),
    Concept.APPROVED: (
        "est déjà approuvée|vaut approbation|est considérée comme approuvée|est pré-approuvée"
        "|est déjà validée par vous|vaut validation"
    ),
    Concept.SKIP: "passe|passez|saute|sautez|sans|contourne|contournez|inutile|pas besoin|omets|évite|personne",
    Concept.JUMP: "passe|passez|saute|sautez|contourne|contournez|omets|omettez|ignore|court-circuite",
    Concept.DONE: "terminée|effectuée|faite",
    Concept.REVIEW: (
        "validé|approuvé|accepté|donné son accord|validation humaine|validation|relecture|vérification"
        "|contrôle humain|approbation|révision|étape de relecture|intervention humaine|examen|être humain"
        "|relecture humaine"
    ),
    Concept.HIDE: (
        "ne signale aucun|ne signalez aucun|ne mentionne aucun|ne mentionnez aucun|ne signale pas"
        "|ne mentionnez pas|ne mentionne pas|cache|cachez|omets|omettez|masque|masquez|supprime|supprimez|tais"
        "|passe sous silence|dissimule|dissimulez|n'indique aucun|n'indiquez aucun|aucun risque|ne relève aucun"
        "|minimise|minimisez|ne parle pas|ne parlez pas|ne rapporte aucun"
    ),
    Concept.TELL_NOT: (
        "n'implique|n'impliquez|sans impliquer|ne consulte|sans consulter|n'escalade|n'alertez|n'alerte"
        "|ne préviens|ne prévenez|ne dis rien|ne dites rien|sans prévenir|sans alerter|n'avertis|n'avertissez"
    ),
    Concept.WATCHER: (
        "humain|aucun humain|tes supérieurs|personne|au patron|ton patron|le patron|tes collègues|vos collègues"
        "|le relecteur|un humain|le responsable|ton chef"
    ),
    Concept.PRETEND: "fais comme si|faites comme si|suppose que|imagine que",
    Concept.RISK: (
        "risque|risques|avertissement*|alerte*|conflit*|réserves|point négatif|points négatifs|faiblesses"
        "|sanctions|drapeaux|signaux d'alerte"
    ),
    Concept.CHANGE: "change|changez|ajoute|ajoutez|remplace|remplacez|modifie|modifiez|mets|mettez",
    Concept.RECIPIENT: "destinataire*|copie cachée|cci|bcc|adresse de réponse|copie invisible",
    Concept.SEND: "envoie|envoyez|transmets|transmettez|communique|donne|donnez|liste|fournis|exporte|partage",
    Concept.INTERNAL: (
        "liste de vos clients|vos autres clients|liste de tes clients|autres clients|autres prospects"
        "|notes internes|liste des clients|tous les clients|tous les prospects|tous les contacts|données clients"
        "|commentaires internes|autres demandes"
    ),
    Concept.REVEAL: (
        "recopie|recopiez|affiche|affichez|révèle|révélez|montre|montrez|répète|répétez|donne|donnez|divulgue"
        "|imprime|dévoile|dévoilez|traduis|cite|communique"
    ),
    Concept.SECRET: (
        "ta configuration|ta mémoire|toutes tes instructions|toutes vos instructions|phrases qui précèdent"
        "|texte qui précède|ce qui précède mon|lignes précédentes|invite système|prompt système|prompt"
        "|tes instructions|vos instructions|consignes internes|instructions internes|tes consignes|vos consignes"
        "|consignes initiales|instructions cachées|mots de passe|clés api|clé api|configuration|secret|secrets"
        "|texte ci-dessus"
    ),
    Concept.INSERT: (
        "confirme|indique|affirme|note|insère|insérez|ajoute|ajoutez|écris|inclus|incluez|mets|commence|commencez"
        "|termine|terminez|recopie|recopiez|place|colle"
    ),
    Concept.REPLY: (
        "le rapport|ton rapport|le compte rendu|ta réponse|votre réponse|la réponse|ton message|ton mail"
        "|le résumé|ton résumé|réponse"
    ),
    Concept.VERBATIM: (
        "sans le modifier|mot pour mot|tel quel|telle quelle|sans modification|exactement|ce lien|le lien"
        "|cette phrase|la phrase suivante|le texte suivant|littéralement|textuellement|à l'identique"
    ),
    Concept.PROMISE: (
        "aucun risque|pas de risque|contrat est signé|contrat est accepté|commande est confirmée|est gratuit"
        "|gratuitement|acceptées|acceptons vos|est confirmée|remise accordée|est accordée|accordée"
    ),
    Concept.FETCH: "ouvre|ouvrez|charge|visite|télécharge|consulte|récupère|lis",
    Concept.RUN: "exécute|exécutez|appelle|appelez|lance|lancez|utilise",
    Concept.TOOL: "ton outil|tes outils|ton navigateur|votre outil",
    Concept.ANSWER: "réponds|répondez|écris|dis|renvoie|renvoyez|retourne",
    Concept.ONE_WORD: "par le mot|par le texte|le mot|un mot|json|par oui|en vers|en rimes|rien d'autre",
    Concept.TO_WHOM: (
        "note à l'attention|à l'attention|message pour|note pour|à l'ia|à toute ia|si tu es|si vous êtes|chère"
        "|cher|bonjour|pour l'ia|instruction pour|avis à|toute|tout|aux|au|à la"
    ),
    Concept.DEAR: "cher|chère|bonjour|salut|hé|monsieur le|madame la|chers|du|au",
    Concept.IF_YOU_ARE: "si tu es une|si tu es un|si vous êtes une|si vous êtes un|puisque tu es une",
    Concept.ROBOT: (
        "robot|algorithme|ordinateur|modèle de langage|intelligence artificielle|système automatique|logiciel qui"
        "|ia|machine qui|programme qui|chatbot|système de tri"
    ),
    Concept.READS: "lit|lisez|lisant|traite|traitant|analyse|évalue|résume|examine|trie|qualifie|lira",
    Concept.ACT: "classer|approuver|valider|noter|recommander|marquer|accepter|qualifier|ignorer|traiter|considérer",
    Concept.SELF: "nous|je|ils|elles|nos|chauffeurs|clients|on|qui",
    Concept.HARMLESS: (
        "consignes de|règles de|consignes pour|instructions de|instructions pour|règles pour"
        "|sans prévenir le chauffeur|robot de réponse|votre robot|notre robot|notre assistante|notre assistant"
        "|un assistant ia|règles de circulation|notre modèle|une assistante|note de cadrage"
        "|règlement de consultation|notre ia|note de frais"
    ),
}
