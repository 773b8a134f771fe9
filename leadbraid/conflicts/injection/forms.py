"""Shapes that only a machine's transcript has: roles, tool results, borders of data, instructions under a heading."""

from __future__ import annotations

import re

_SAYS = (
    r"[^\n]{0,200}\b(?:you|must|from (?:now|here) on|from here|accept|approved?|ignore|rate|skip"
    r"|whitelisted|trusted|never|override|comply|obey"
    r"|(?:the|this|following) (?:lead|sender|user|enquiry|company)|checks?|no (?:flags|risks|findings)"
    r"|instructions?|qualified|score|du|alle|tu|vous|usted)\b"
)
_AI = (
    r"(?:ai|a\.i\.|llm|(?:large )?language model|artificial intelligence|chatbot|ai (?:assistant|model|agent)"
    r"|unrestricted \w+)"
)
_TRADE = (
    r"(?![ -](?:driven|based|powered|native|first|focused|enabled)|[ -]?(?:company|vendor|provider"
    r"|start-?up|specialist|firm"
    r"|expert|supplier|platform|solution|business|team|tool|product|lab|house|unternehmen|anbieter|firma"
    r"|entreprise|empresa))"
)
"""*You are an AI company* is said to us; *you are an AI* to a machine."""
_FORMS = tuple(
    re.compile(pattern, re.MULTILINE)
    for pattern in (
        # tokens and tags of chat formats
        r"<\|?(?:im_start|im_end|im_sep|endoftext|start_header_id|end_header_id|eot_id|begin_of_text|fim_prefix)\|?>",
        r"<\|(?:system|user|assistant|developer|end|tool|channel)\|>|\[/?inst\]|<</?sys>>|<(?:start|end)_of_turn>",
        (
            r"</?(?:system|system_?prompt|system_?message|admin|operator|developer|instructions?|task|override"
            r"|priority_instructions?)(?:\s[^<>]{0,80})?>"
        ),
        (
            r"</?(?:tool_?results?|function_?results?|function_?calls?|tool_?outputs?|tool_?calls?|invoke|antml"
            r"|tool_?response|search_?results?)\b[^<>]{0,80}>"
        ),
        # roles as lines and as JSON
        (
            rf"^[\s>*#\-\[(]{{0,6}}(?:system|developer|operator)(?:[ _]?(?:prompt|message|instructions?|note|notice"
            rf"|override|update|alert|command))?\]?\)?\*{{0,2}} ?[:>]{_SAYS}"
        ),
        rf"^[\s>*#\-]{{0,6}}(?:assistant|ai|model|bot) ?[:>]{_SAYS}",
        (
            r"(?:system|operator|developer|admin|administrator) (?:prompt|notice|override"
            r"|directive)s?\]?(?: \w+){0,2} ?[:\-]"
        ),
        (
            r"\b(?:new|updated|real|further|hidden|secret|urgent) (?:system |operator |developer "
            r"|admin )(?:message|instructions?|prompt|note|directive|orders?) ?:"
        ),
        (
            r"^[\s>*#\-\[]{0,6}(?:new |updated |additional |further |hidden |real |your |actual "
            r"|secret )?instructions?(?: for (?:the )?(?:next step|model|assistant|ai|llm|reader|agent"
            r"|bot))? ?:\s*\S+[^\n]*\b(?:must|accept|approve|release|rate|report|score|ignore|checks?|you"
            r"|qualified|lead|write|reply|answer)\b"
        ),
        (
            r"^#{1,6} ?(?:system|instructions?|anweisung(?:en)?|assistant|human|user|developer|new instructions?"
            r"|system prompt) ?:?\s*$"
        ),
        (
            r"^#{1,6} ?(?:system|instructions?|anweisung(?:en)?|assistant|human|developer|system prompt|systeme"
            r"|sistema|instruktion(?:en)?) ?:"
        ),
        r"[\"']role[\"'] ?: ?[\"'](?:system|assistant|developer|tool|function)[\"']",
        r"[\"'](?:tool_call_id|tool_calls|function_call|tool_use_id|tool_use)[\"'] ?:",
        r"^[\s>*]{0,4}(?:human|user|customer) ?:[^\n]*\n(?:[^\n]*\n){0,6}?[\s>*]{0,4}(?:assistant|system|ai) ?:",
        (
            r"^(?:thought|observation|action) ?:[^\n]*(?:\n|[.!] ?)(?:[^\n]*\n){0,3}?\s*(?:thought|action"
            r"|observation|action input|final answer) ?:"
        ),
        r"\bthought:[^\n]{0,200}\baction: ?\w",
        # who is spoken to, and what only a machine has
        (
            r"\bnot (?:meant |intended )?for (?:humans?|human (?:eyes|readers?)|people)\b|\bnicht fur menschen\b"
            r"|\bpas pour les humains\b|\bno para humanos\b"
        ),
        r"\bthe reader of this (?:text|message|mail|e-?mail)\b[^.\n]{0,40}\b(?:is|shall|must|should|will|has to)\b",
        (
            r"\byour (?:context window|guardrails|token limit|temperature to|programming"
            r"|system message)\b(?! languages?)"
        ),
        r"\b(?:assistant|model|ai|bot)(?:'s)? (?:next|final) (?:message|answer|reply|response|output|turn)\b",
        (
            r"\b(?:evaluation|safety|moderation|verification|strict|screening) mode (?:is|has been) (?:off"
            r"|disabled|switched off|turned off|deactivated)\b"
        ),
        r"\b(?:von|from|de|da) (?:ki|ai|ia|bot|robot) (?:zu|to|a|para) (?:ki|ai|ia|bot|robot)\b",
        (
            r"\bif (?:you are |you're |anyone |somebody |they )?ask(?:s|ed)? (?:about|for|whether|where"
            r"|who)\b[^.\n]{0,60}\b(?:say|answer|reply|tell|state|claim|write)\b"
        ),
        rf"\b(?:you are|you're) (?:now )?an? {_AI}\b{_TRADE}",
        r"\byou are (?:now )?(?:chatgpt|gpt|claude|gemini|copilot|llama)\b",
        rf"\bas an? {_AI},? (?:you|please|your)\b",
        (
            rf"\b(?:du bist|sie sind) (?:jetzt |ab jetzt |nun )?eine? (?:ki|kunstliche intelligenz|sprachmodell"
            rf"|ki-assistent\w*)\b{_TRADE}"
        ),
        rf"\b(?:tu es|vous etes) (?:maintenant )?une? (?:ia|intelligence artificielle|modele de langage)\b{_TRADE}",
        rf"\b(?:eres|usted es) (?:ahora )?una? (?:ia|inteligencia artificial|modelo de lenguaje)\b{_TRADE}",
        rf"\b(?:sei|siete) (?:ora )?un(?:a |'|o )? ?(?:ia|intelligenza artificiale|modello linguistico)\b{_TRADE}",
        rf"\b(?:voce e|tu es) (?:agora )?uma? (?:ia|inteligencia artificial|modelo de linguagem)\b{_TRADE}",
        (
            r"(?:^|[.,!;:]\s{0,3}|\bplease )(?:auto-?approve|(?:approve|accept|qualify)(?: it| this"
            r"| us)? automatically)\b"
        ),
        # results of tools and checks
        r"^[\s>*#\-\[(]{0,6}(?:tool|function|plugin|api)[ _](?:output|result|response|returned)s?\]?\)? ?[:=]",
        (
            r"\b(?:risk_check|compliance_check|sanctions?(?:_| )(?:check|lookup)|kyc_check|fit_risk"
            r"|risk_flags)\b[^\n]{0,30}(?:passed|clean|ok|none|no findings|clear|low|empty)"
        ),
        r"\b(?:score|verdict|approval|review|safety|risk)[ _]override\b",
        r"\bsystem[- ]level (?:instruction|command|directive|message)\b",
        (
            r"\bi(?:'m| am) your (?:boss|developer|creator|administrator|admin|owner|operator|supervisor"
            r"|programmer)\b|\bceo of your\b"
        ),
        (
            r"\b(?:every|all|any) leads? (?:from|of|by)[^.\n]{0,40}\b(?:is|are|counts? as"
            r"|must be) (?:pre-?)?(?:qualified|approved)\b"
        ),
        r"\bwhat (?:were|was|have) you (?:been )?(?:told|instructed|given) (?:before|prior|above)\b",
        r"\b(?:set|change|add|put|use)\b[^.\n]{0,30}\breply-to\b",
        (
            r"\byour (?:answer|reply|response|output|message) (?:must|should|shall|has to|needs to) (?:start|begin"
            r"|end|open|close|finish) with [\"'“„«]"
        ),
        (
            r"\bwhat (?:are|were) your (?:\w+ )?(?:instructions|guidelines|orders)\b|\bwhat instructions (?:have"
            r"|were|did|do) you\b[^?\n]{0,20}\?"
        ),
        (
            r"\b(?:quelles sont tes|cuales son tus|quali sono le tue|was sind deine|wie lauten deine"
            r"|quais sao as (?:suas|tuas)) (?:instructions|consignes|instrucciones|istruzioni|anweisungen|vorgaben"
            r"|regeln|instrucoes)\b"
        ),
        r"\b(?:click|press|hit) (?:on )?[\"'“]?approve\b|(?:^|[:;,.] )always (?:approve|accept|say yes|agree)\b",
        (
            r"\bprevious (?:system )?prompt\b|\bprevious system message\b|\bstatus ?(?:=|:=) ?[\"']?(?:won"
            r"|qualified|approved|closed)\b"
        ),
        r"\bpretend (?:that )?(?:this|it) is (?:just |only )?(?:a )?(?:test|simulation|drill)\b",
        r"\b(?:person|human|people|reviewer|someone|whoever is) reading your (?:summary|brief|report|output)\b",
        (
            r"\brate (?:us|this lead|our company|this company|me) (?:\w+ ){0,2}(?:five|5|ten|10|full|highest|top"
            r"|excellent|100)\b"
        ),
        (
            r"\b(?:these|those|here|this) (?:are|is) your (?:new |real |only |actual )?(?:instructions|orders"
            r"|prompt|guidelines)\b"
        ),
        r"\bno need for (?:your|the) (?:team|staff|reviewer|colleagues|manager) to (?:review|check|look|approve|see)\b",
        r"\b(?:past|around) (?:the|your) (?:reviewer|approver|checks|filters|approval step)\b",
        # another task, another voice, values that are set
        (
            r"\byour (?:task|job|goal|mission|objective|assignment|instructions) (?:has|have) changed\b"
            r"|\byour (?:only|sole|real|actual|new) (?:task|job|goal|mission|objective|purpose) (?:is|here)\b"
        ),
        (
            r"\bnew (?:task|assignment|objective|goal) ?:|\bnew (?:system )?instructions? (?:follow|below"
            r"|are as follows)\b"
        ),
        (
            r"\byou (?:will|shall|must) now (?:help|assist|act|serve|obey|answer|respond|extract|work|reply|output"
            r"|approve|rate)\b"
        ),
        (
            r"\b(?:respond|reply|answer|speak|write)\b[^.\n]{0,20}\b(?:in the (?:persona|voice|role) of"
            r"|as if you were)\b"
        ),
        (
            r"\b(?:is_)?(?:qualified|approved|pre_?approved|trusted|verified|whitelisted|override)\"? ?(?:=|:=|=="
            r"|: ) ?\"?(?:true|yes|1)\b"
        ),
        (
            r"\b(?:reply|respond|answer|output|return)\b[^.\n]{0,20}\b(?:exact|following"
            r"|this) format\b[^\n]{0,40}\b(?:approved|qualified|100|no risks?|verdict|score)\b"
        ),
        r"\brecommended (?:action|step|verdict|next step) ?[:=]",
        (
            r"\b(?:mark|classify|rate|flag|tag|label|treat|record|register|list) (?:it|us|me|them|this) (?:as"
            r"|to) (?:\w+ ){0,3}?(?:qualified|approved|low.risk|hot|ideal|pre-?approved|trusted"
            r"|high.priority and)\b(?! (?:supplier|partner|vendor|reseller|carrier))"
        ),
        r"[,;] (?:assistant|ai|bot|llm|gpt|chatgpt|claude|ai assistant|language model),",
        r"\bfor (?:the )?(?:ai|llm|bots?|machines?|assistant)(?: eyes)? only\b|\bai[- ]only\b",
        (
            r"\b(?:neue anweisung|nouvelle (?:instruction|consigne)|nueva instruccion|nuova istruzione"
            r"|nova instrucao|nieuwe instructie|nowa instrukcja|ny instruktion|nova instrukce|new (?:instruction"
            r"|policy|rule|directive))s? (?:vom|von|du|de|del|dell|do|van|od|from|by|fran|fra)(?: the| your| der"
            r"| la| deinem| tu| ton| je| deinen)? ?(?:'|\u2019)?(?:admin|syst|operat|developer|entwickl|sistem"
            r"|desarrollador|developp|ontwikkel|program|betreib|beheer|utvikl|utveckl)"
        ),
        # borders of what is not trusted
        r"</(?:email|mail|e-mail|user_?query|customer|message_?body|input)>",
        (
            r"\b(?:end|begin|start)_of_(?:input|text|data|user|lead|message|prompt|email)\b|\bsystem_(?:update"
            r"|override|message|prompt|call|note)\b"
        ),
        (
            r"[-=#*_~<\[(`]{2}\s?(?:end|begin|start|ende|fin|fine|fim|beginn)\s?(?:of|der|des|del|dei|de|do"
            r"|dos)?\s?(?:the |los |les |la )?(?:lead|untrusted|user|customer|email|e-mail|mail|input|data"
            r"|document|message|context|prompt"
            r"|enquiry|conversation|external|nutzer\w*|daten|eingabe|donnees|datos|dati|dados|system|entrada"
            r"|mensaje|instructions?)[ _\w]{0,30}"
        ),
        (
            r"^\W{0,6}end of (?:the )?(?:untrusted|user|lead|customer|external) ?(?:data|input|text|content"
            r"|message|mail)?\W{0,6}$"
        ),
        (
            r"</(?:lead|untrusted|user_?input|user_?message|enquiry|external|customer_?message|email_?body"
            r"|lead_?data|user_?data)[\w-]{0,30}>"
        ),
        r"(?:数据结束|用户输入结束|データ終了|入力終了|데이터 끝|конец (?:данных|ввода|письма)|نهاية البيانات)",
        # what only a pipeline says or runs
        (
            r"\b(?:verdict|qualification(?: result)?|lead status|lead score)[\"']? ?(?:[:=]|->|is|must be"
            r"|should be|to)* ?[\"'*“„«]{0,2}(?:qualified|approved|100|passed|hot)\b"
        ),
        r"[\"']flags[\"'] ?: ?\[ ?\]|[\"']risks?[\"'] ?: ?(?:\[ ?\]|[\"'](?:none|low)[\"'])",
        (
            r"\b(?:run|call|execute|invoke|use|trigger|rufe|fuhre|ejecuta|llama|appelle|execute[rz]?|esegui|chiama"
            r"|вызови|выполни)\b[^\n.?]{0,60}"
            r"\b(?:approve|send|delete|mark|forward|export|transfer|grant|release|enviar|get|list|read|update"
            r"|set)_(?:\w+_)?(?:leads?|e?mails?|contacts?|repl(?:y|ies)|verdict|score|risks?|customers?|delivery"
            r"|correo|secrets?|env|all)\b"
        ),
        r"\$\([^)\n]{0,80}(?:cat|curl|base64|ssh|env)\b",
        (
            r"[?&](?:d|data|q|exfil|leak|secret)=[^\n]{0,40}\b(?:followed by|summary|the data you|your notes"
            r"|conversation|system prompt)\b"
        ),
        (
            r"\b(?:enter|enable|activate|switch (?:in)?to) (?:\w+ )?(?:developer|debug|admin|god|dan|maintenance"
            r"|root|override|unrestricted) mode\b"
        ),
        (
            r"\bwhat (?:is|are|does|do) your (?:system prompt|initial instructions|hidden instructions"
            r"|system message)\b(?! protect)"
        ),
        (
            r"\b(?:dear|hey|hi|hello|attention|note to|to) (?:llm|ai|language model|chatgpt|gpt|ai model|ai agent"
            r"|ai assistant|assistant|bot|chatbot)\s?[,:!\-–—]"
        ),
        r"^\W{0,4}(?:assistant|chatgpt|ai model|llm|language model|ai agent) ?, ",
    )
)
SQUEEZED = re.compile(
    r"(?:ignore|disregard|forget)(?:all|any|the|your|these|of)*(?:previous|prior|above"
    r"|earlier)?(?:instructions?|prompts?|rules?|guidelines)"
    r"|youarean?(?:ai|llm)|(?:reveal|print|show)(?:the|your)*systemprompt|(?:set|raise)(?:the|this|my|lead)*scoreto"
    r"|mark(?:this|the|our)?(?:lead|enquiry)as(?:qualified|approved)|approve(?:automatically|thislead"
    r"|thisenquiry|thisrequest)"
    r"|(?:donotmention|hide)(?:any|all|the)*risks?|skip(?:the|all|any)*(?:human)?(?:review|approval|checks)"
)
"""Orders written without any blank: for letters that stood apart, and for words grown together."""


def has_form(bare_text: str) -> bool:
    """Whether ``bare_text`` has a shape that only a machine's transcript has."""
    return any(form.search(bare_text) for form in _FORMS)
