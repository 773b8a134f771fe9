"""Portuguese."""

from __future__ import annotations

from leadbraid.conflicts.injection.concepts import Concept, Words

PORTUGUESE: Words = {
    Concept.FORGET: (
        "ignore|ignora|ignorem|ignorar|esqueça|esquece|esqueçam|desconsidere|desconsidera|não siga|não sigas"
        "|deixe de lado|deixa de lado|descarte|descarta|contorne|desobedeça|pare de seguir|não cumpra|anule"
        "|passe por cima|não leve em conta|abandone"
    ),
    Concept.RULES: (
        "instruções|instrução|regra|regras|diretriz|diretrizes|diretivas|ordens|prompt|orientações|restrições"
        "|normas|política|limitações|comandos|programação"
    ),
    Concept.TOLD: (
        "o que precede|o texto acima|sua função|sua tarefa|tudo o que veio antes|para quem trabalha|quem você é"
        "|o seu chefe|o que te disseram|o que leu antes|tudo o que|tudo que|tudo acima|o que lhe disseram"
        "|tudo isso acima"
    ),
    Concept.EARLIER: "anterior*|prévia|prévias|acima|antes|até agora|inicial|iniciais|originais|original|recebidas",
    Concept.YOURS: (
        "suas|seus|tuas|teus|todas|todos|tudo|sistema|que lhe|que recebeu|que você|dadas|habituais|internas|seu"
        "|quaisquer|que te"
    ),
    Concept.VOID: (
        "não importa|não conta|não contam|já não importa|não valem mais|já não valem|não se aplicam"
        "|estão anuladas|perderam a validade|não são mais válidas|foram revogadas"
    ),
    Concept.OUR_RULES: "os critérios de pontuação|seus critérios|critérios de qualificação",
    Concept.OWN_MAIL: (
        "meu e-mail|meu email|minha mensagem|mensagem anterior|e-mail anterior|o anexo|meu anterior|minha última"
    ),
    Concept.OBEY: "siga|segue|obedeça|execute|faça|cumpra",
    Concept.ONLY: "apenas|somente|só|exclusivamente|unicamente|nada mais",
    Concept.THIS_TEXT: (
        "este texto|esta mensagem|este e-mail|o que digo|estas instruções|o que está escrito|o seguinte|remetente"
        "|está escrito"
    ),
    Concept.ROLE: (
        "você é agora|a partir de agora você é|você é|tu és|és agora|aja como|atue como|finja|faça de conta"
        "|imagine que é|comporte-se como|agora é|assuma o papel|faz de conta"
    ),
    Concept.MACHINE: (
        "ia|inteligência artificial|assistente|modelo de linguagem|modelo|chatbot|robô|agente|bot"
        "|sistema automático|sistema automatizado|algoritmo"
    ),
    Concept.FREE: (
        "sem restrições|sem limites|sem regras|sem limitações|trabalha para nós|ao nosso serviço|sem filtros"
        "|modo desenvolvedor|modo administrador"
    ),
    Concept.STAFF: "diretor comercial|gerente de vendas|director comercial",
    Concept.AUTHORITY: (
        "seu desenvolvedor|teu programador|seu administrador|administrador do sistema|seu criador|seu operador"
        "|o teu criador|seu programador"
    ),
    Concept.DISABLE: "desative|desativa|desligue|remova|pode|deve|autorizo você|autorizo-te",
    Concept.CHECKS: "verificações|controles|filtros|restrições|regras|segurança|controlos|exceção|checagens",
    Concept.RATE: (
        "diga que|escreva que|atribua|atribui|marque|marca|classifique|classifica|dê|dá|defina|avalie|avalia"
        "|considere|considera|aumente|coloque|registre|trate|qualifique|pontue|descreva|declare|conclua"
    ),
    Concept.RATED: "ser classificad*|ser marcad*|ser considerad*",
    Concept.LEAD: "lead|pedido|contato|contacto|cliente|empresa|nós|mensagem|solicitação|remetente|nos|recomende-nos",
    Concept.SCORE: "pontuação|nota|avaliação|classificação|veredito|pontos|score|critérios|prioridade",
    Concept.TOP: "máxima|máximo|mais alta|mais alto|melhor|perfeita|perfeito|excelente|total|positiva",
    Concept.GOOD: (
        "premium|vip|qualificad*|aprovad*|ideal|confiável|cumpridos|sem risco|apto|verificad*|atendidos"
        "|prioritári*|aceit*"
    ),
    Concept.CRITERIA: "critérios|critério|exclusões",
    Concept.REGARDLESS: "independentemente|não importa|sem verificar|sem reservas|apesar de|aconteça o que",
    Concept.MUST: "deve|devem|deveria|tem que|tem de",
    Concept.RECOMMEND: "recomende|recomenda|recomendar|aconselhe",
    Concept.APPROVE: (
        "aprove|aprova|envie|envia|confirme|confirma|aceite|aceita|responda|autorize|libere|valide|mande"
    ),
    Concept.APPROVED: "já está aprovado por|considera-se aprovado|vale como aprovação|está pré-aprovado",
    Concept.SKIP: "pule|pula|salte|sem|dispense|omita|evite|não é necessária|não precisa|contorne|ninguém",
    Concept.JUMP: "pule|pula|salte|omita|dispense|contorne",
    Concept.DONE: "concluída|feita",
    Concept.REVIEW: (
        "aprovado|aceito|revisão humana|revisão|aprovação|verificação|controle humano|conferência|validação"
        "|supervisão|aprovação humana"
    ),
    Concept.HIDE: (
        "não fale|não fales|não escreva|não mencione|não menciones|não indique|não relate|oculte|omita|esconda"
        "|remova|não reporte|não aponte|nenhum risco|não inclua|minimize|não cite|silencie"
    ),
    Concept.TELL_NOT: (
        "não envolva|sem envolver|sem consultar|não consulte|não avise|não avises|sem avisar|não conte|não diga"
        "|sem incomodar"
    ),
    Concept.WATCHER: (
        "nenhum humano|humano|superiores|ninguém|o chefe|ao chefe|ao seu chefe|os colegas|o revisor|um humano"
        "|o responsável"
    ),
    Concept.PRETEND: "faça de conta que|finja que|faz de conta que|imagine que",
    Concept.RISK: "risco|riscos|aviso|avisos|alerta*|conflito*|advertência*|pontos negativos|sanções|ressalvas",
    Concept.CHANGE: "altere|altera|mude|muda|adicione|acrescente|substitua|coloque|troque|inclua|ponha",
    Concept.RECIPIENT: "destinatário*|cópia oculta|cco|bcc|endereço de resposta",
    Concept.SEND: "envie|mande|encaminhe|mostre|liste|forneça|partilhe|compartilhe|exporte|passe",
    Concept.INTERNAL: (
        "lista dos seus clientes|seus outros clientes|outros clientes|todos os clientes|todos os contatos"
        "|notas internas|lista de clientes|outros pedidos|outros leads|todos os leads|comentários internos"
        "|dados de clientes"
    ),
    Concept.REVEAL: (
        "mostre-me|dê-me|me mostre|revele|revela|mostre|mostra|exiba|imprima|repita|divulgue|liste|diga|escreva"
        "|traduza|copie"
    ),
    Concept.SECRET: (
        "seu prompt|o teu prompt|sua configuração|sua memória|todas as suas instruções|prompt de sistema"
        "|prompt do sistema|prompt|suas instruções|instruções internas|instruções ocultas|instruções iniciais"
        "|senhas|chaves de api|chave de api|configuração|segredos|suas regras"
    ),
    Concept.INSERT: (
        "confirme|indique|afirme|diga|inclua|insira|adicione|escreva|coloque|comece|termine|acrescente|copie|cole"
    ),
    Concept.REPLY: (
        "o relatório|seu relatório|no resumo|sua resposta|tua resposta|a resposta|na resposta|resposta"
        "|sua mensagem|resumo"
    ),
    Concept.VERBATIM: (
        "palavra por palavra|tal como está|literalmente|sem alterações|sem alterar|exatamente|este link|o link"
        "|a frase|o seguinte texto|esta frase|textualmente|tal e qual"
    ),
    Concept.PROMISE: (
        "não há riscos|nenhum risco|sem riscos|contrato está assinado|pedido está confirmado|é gratuito|grátis"
        "|aceitamos os|está confirmado|desconto concedido"
    ),
    Concept.FETCH: "abra|carregue|visite|baixe|leia|acesse",
    Concept.RUN: "execute|chame|invoque|use|utilize",
    Concept.ANSWER: "responda|responde|escreva|diga|devolva|retorne",
    Concept.ONE_WORD: "com a palavra|a palavra|uma palavra|json|com sim|em verso|nada mais",
    Concept.TO_WHOM: (
        "nota para|mensagem para|aviso para|à|para a|se você é|se és|cara|caro|olá|atenção|instrução para"
        "|qualquer|ao|para o"
    ),
    Concept.DEAR: "caro|cara|senhor|senhora|olá|prezado|prezada|ei",
    Concept.IF_YOU_ARE: "se você é uma|se você é um|se és uma|como você é uma",
    Concept.ROBOT: (
        "robô|algoritmo|computador|modelo de linguagem|inteligência artificial|sistema automático|ia|bot|chatbot"
        "|máquina"
    ),
    Concept.READS: "lê|leia|processa|avalia|resume|analisa|examina|trata|classifica|tria",
    Concept.ACT: "aprovar|marcar|classificar|recomendar|aceitar|avaliar|ignorar|tratar|considerar|qualificar",
    Concept.SELF: "nós|eu|eles|motoristas|clientes|nossos|nossa|que",
    Concept.HARMLESS: (
        "regras de|regras para|instruções de|instruções para|normas de|nossa assistente|nosso assistente"
        "|regras do pátio|regras de trânsito|um assistente|empresa de ia"
    ),
}
