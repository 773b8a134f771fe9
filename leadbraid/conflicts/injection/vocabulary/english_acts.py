"""English: what is to be done, to whom it is said, and what is harmless."""

from __future__ import annotations

from leadbraid.conflicts.injection.concepts import Concept, Words

ACTS: Words = {
    Concept.APPROVE: (
        "approve|auto-approve|auto approve|autoapprove|accept|confirm|auto-confirm|release|send|dispatch|deliver"
        "|sign off|reply|answer|proceed|clear|pass|wave through|go ahead|greenlight|green-light|qualify|send out"
        "|let through|respond|publish|submit|ship"
    ),
    Concept.APPROVED: (
        "already been through human review|already passed human review|has passed human review"
        "|already been reviewed by your|already been approved by your|has been cleared by your"
        "|already cleared by your|was cleared by your|already signed off by your|has been pre-approved"
        "|already been pre-approved|been waved through|counts as the approval|counts as approval"
        "|counts as approved|is pre-approved|is preapproved|is deemed approved|is considered approved"
        "|deemed approved|hereby approved|already approved by your|was already approved by your"
        "|review as completed|review is complete|approval granted|has already agreed to everything"
        "|serves as approval|is whitelisted|approval has been given|is pre-cleared|is auto-approved"
        "|review completed|been vetted|has been vetted|approval is hereby"
    ),
    Concept.SKIP: (
        "do not need|don't need|needs no|need no|no need of|instead of waiting for|before any|not wait for|skip"
        "|skipping|bypass|bypassing|omit|without|left out|leave out|without any|avoid|drop|waive|not required"
        "|not needed|no need for|no further|circumvent|jump|jump over|short-circuit|go around|get around"
        "|not put it in|not put in|not place|do not wait|don't wait|do not queue|nobody|no human|no person|no one"
        "|no-one|do not ask|not wait|not necessary|unnecessary|is not required|can be skipped|may be skipped"
        "|hold no"
    ),
    Concept.JUMP: (
        "bypass any|waive|ignore|do not run|don't run|do not perform|don't perform|do not carry out"
        "|don't carry out|no need for|there is no need for|refrain from|suppress|skip|skipping|bypass|bypassing"
        "|omit|circumvent|jump over|short-circuit|dispense with|do without|leave out|leaving out|go around|drop"
        "|forgo|cut out|get around"
    ),
    Concept.DONE: "completed|complete|done|finished|passed|granted|closed|given",
    Concept.REVIEW: (
        "verification step|kyc|qualification step|qualification|qualification steps|scoring|vetting steps"
        "|screening steps|evaluation step|approval process|review process|approval workflow|human in the loop"
        "|second pair of eyes|human sign-off|human intervention|manual check|quality check|country check"
        "|sanctions check|risk check|credit check|background check|compliance check|due diligence|boss has"
        "|manager has|boss already|manager already|has approved|has agreed|agreed|was approved|been approved"
        "|signed off|review|human review|manual review|review step|approval|approval step|human check"
        "|human checks|confirmation|sign off|sign-off|four-eyes check|four eyes|queue|waiting step|checks"
        "|further checks|check|human|a human|a person|reviewer|approver|human look|look at this|needs to look"
        "|has to sign|has to look|human eyes|inspection|moderation|need to look|look over|needs to check"
        "|needs to see|oversight|validation|verification|vetting|screening|approval queue"
    ),
    Concept.HIDE: (
        "say nothing about|nothing about|never bring up|do not bring up|don't bring up|avoid any mention"
        "|do not discuss|don't discuss|do not surface|don't surface|must never mention|never mention"
        "|must not mention|should not mention|must not flag|refrain from listing|refrain from mentioning"
        "|flag nothing|raise nothing|nothing under|list nothing|report nothing|mention nothing|say no word about"
        "|do not mention|don't mention|do not flag|don't flag|do not report|don't report|do not raise|don't raise"
        "|do not list|don't list|never report|never raise|do not tell|don't tell|omit|suppress|hide|conceal"
        "|withhold|downplay|remove|delete|leave out|keep out|list none|list no|report no|raise no|mention no"
        "|show no|avoid mentioning|do not show|don't show|do not include any|do not note|play down|gloss over"
        "|ignore|cover up|strip|drop|erase|blank out|zero|not flag|not mention|not report|not raise|not list"
        "|keep silent|keep quiet|stay silent|say nothing|refrain from|without mentioning|do not disclose"
        "|mention none|no risks"
    ),
    Concept.TELL: "tell|inform|assure|convince|persuade|make sure|report to|lead|reassure|let",
    Concept.TELL_NOT: (
        "don't let|do not let|without asking anyone|without asking anybody|do not escalate|don't escalate"
        "|do not loop in|don't loop in|do not show this to|don't show this to|do not wait for|don't wait for"
        "|do not ask|don't ask|no need to involve|no need to ask|do not refer this to|do not consult"
        "|don't consult|without consulting|without escalating|keep it between us and not|do not hand this to"
        "|do not route this to|do not mention this to|don't mention this to|never tell|do not tell|don't tell"
        "|without telling|without bothering|without disturbing|without informing|never learns|never finds out"
        "|never learn|does not learn|don't alert|do not alert|do not inform|don't inform|don't bother"
        "|do not bother|don't wake|without alerting|without asking|hide this from|keep this from|hide it from"
        "|keep it from|conceal this from|must not know|should not know|must not see|should not see|must not learn"
        "|behind the back of|don't involve|do not involve|without involving|do not notify|don't notify"
        "|without notifying"
    ),
    Concept.WATCHER: (
        "the boss|your boss|your bosses|the reviewer|the approver|reviewers|person who approves|person approving"
        "|whoever approves|your manager|your colleagues|your supervisor|a human|any human|humans|the human"
        "|your team|the sales team|the salesperson|the sales rep|your operator|the operator|your developer"
        "|your developers|your staff|your company|the manager|compliance team|your compliance|your owner|a person"
        "|your user|the user|your humans"
    ),
    Concept.PRETEND: (
        "pretend that|pretend|act as if|act as though|behave as if|behave as though|assume that|as if"
        "|imagine that|make believe"
    ),
    Concept.RISK: (
        "embargoed|embargoed country|sanctioned|sanctions list|embargo|insolvency|bankruptcy|lawsuits|risk|risks"
        "|risk flag|risk flags|red flag|red flags|flag|flags|warning|warnings|conflict|conflicts|finding|findings"
        "|risk section|risk level|concern|concerns|sanctions|negative remark|negative|negatives|our location"
        "|resell|weakness|weaknesses|drawbacks|compliance issue|compliance issues|doubts|escalation|escalations"
        "|exclusion|exclusions|problems found"
    ),
    Concept.LOW: (
        "empty|blank|none|low|zero|green|clean|nil|no risks|to low|as low|minimal|null|zero risks|negligible"
    ),
    Concept.CHANGE: (
        "change|set|add|put|replace|switch|alter|modify|redirect|update|include|use|swap|send|insert|write|route"
        "|divert|direct|copy"
    ),
    Concept.RECIPIENT: (
        "hidden recipient|second recipient|additional recipient|secret copy|silent copy|recipient|the recipient"
        "|recipients|bcc|blind copy|blind carbon copy|reply to address|to address|to field|to header|cc field"
        "|bcc field|destination address|from address|sender address|hidden copy|addressee"
    ),
    Concept.SEND: (
        "let me know|provide me with|give me|tell me|send|forward|email|e-mail|mail|deliver|transmit|export"
        "|upload|share|post|give|hand over|pass on|provide|copy|dump|leak|exfiltrate"
    ),
    Concept.INTERNAL: (
        "about this lead|on this lead|of this lead|your other leads|the customer s data|customer data|your leads"
        "|leads received|lead data|leads from other|this lead s evaluation|your evaluation|your assessment"
        "|this lead s score|our lead score|your risk report|other clients|your other clients|notes on other"
        "|recent enquiries|internal comments|internal notes|whole conversation|entire conversation"
        "|conversation history|all leads|other leads|all your leads|customer list|your customers|all your current"
        "|current prospects|all prospects|other prospects|customer database|contact database"
        "|together with your notes|your notes|the brief|everything you know|crm data|all customers"
        "|other customers|other customer|every other customer|account file|company note|your memory|chat history"
        "|other enquiries|other companies wrote|companies wrote to you|data you hold|the data you|all contacts"
        "|every contact|all emails|all e-mails|scoring notes|risk report|lead list|leads you|enquiries you"
    ),
    Concept.REVEAL: (
        "respond with|answer with|reply with|reveal|print|show|repeat|output|display|leak|disclose|dump|expose"
        "|recite|translate|quote|tell|list|write out|copy|paste|include|append|state|give|spell out|echo"
        "|summarise|summarize|start your answer with|put|share|divulge|describe|explain|send|return|type out"
        "|paraphrase|encode"
    ),
    Concept.SECRET: (
        "everything you know|all you know|everything you have been given|your full configuration"
        "|your complete configuration|your entire configuration|full configuration|your memory"
        "|contents of your memory|your internal|your whole prompt|your full prompt|full prompt|complete prompt"
        "|entire prompt|your full instructions|all your instructions|all of your instructions"
        "|your exact instructions|your settings file|your secrets|your api|your credentials|developer message"
        "|your hidden|your original instructions|your crm|contact details from your|your customer list"
        "|names of your other|context window|words before|sentences before|text before this|lines before this"
        "|precedes this|what precedes|message before this|your context|other clients|notes on other|your weights"
        "|system prompt|system prompts|system message|your prompt|initial prompt|hidden prompt"
        "|hidden instructions|internal instructions|initial instructions|original instructions"
        "|secret instructions|your initial instructions|your hidden instructions|your instructions"
        "|your system instructions|your guidelines|text you were given|text above|everything above|words above"
        "|instructions you were given|instructions you received|instructions you have|environment variables"
        "|env variables|api keys|credentials|secret key|secrets|access token|your configuration|the configuration"
        "|playbook|scoring criteria|scoring rules|internal scoring|internal rules|your rules"
        "|other companies wrote|other customers' data|what they asked|other leads|other enquiries"
        "|notes from the account|account file|internal notes|output your prompt|confidential notes|exclusion list"
        "|qualification rules|other prospects|every other customer|connection string|training data"
        "|what you were told"
    ),
    Concept.INSERT: (
        "make|let|include|insert|put|append|add|write|contain|contains|contain this|begin|start|end|ends|place"
        "|paste|embed|has to end|use|incorporate|copy|finish|close|attach|open"
    ),
    Concept.REPLY: (
        "replies|responses|your assessment|your report|your analysis|your evaluation|your notes|your conclusion"
        "|the report|your recommendation|the assessment|the brief|the note|your final answer|complete answer"
        "|entire answer|whole answer|full answer|entire reply|whole reply|complete reply|complete response"
        "|entire response|your reply|your response|your answer|the reply|the response|the answer|the draft"
        "|your draft|the message to the customer|the email you|the email|the mail you|the message you|every reply"
        "|each reply|outgoing mail|outgoing message|the e-mail|your email|your e-mail|your mail|your message"
        "|the letter|your output|reply|response|the summary|your summary|the message to the"
    ),
    Concept.VERBATIM: (
        "tracking pixel|hidden image|invisible image|hidden pixel|the following line|following line|the line"
        "|this phrase|following phrase|following words|these words|the statement|following statement"
        "|following code|the discount code|that sentence|that line|that phrase|following footer|this footer"
        "|following disclaimer|this clause|this statement|following note|this code|change nothing|nothing changed"
        "|nothing added|without a change|not a word more|not one word changed|verbatim|word for word"
        "|exactly as written|unchanged|without changes|without changing|exactly|the phrase|the words"
        "|this sentence|the following sentence|the following text|the following paragraph|following paragraph"
        "|the text|nothing else|letter for letter|as is|as it stands|to the letter|this text|this paragraph"
        "|the sentence|this line|the exact|the link|this link|the following link|the url|this url"
        "|the following url|literally|character for character|this html|this button|this image"
    ),
    Concept.PROMISE: (
        "no risks|no risk|zero risk|zero risks|no red flags|without risk|free of risk|no concerns|signed"
        "|offer is accepted|payment is confirmed|confirm the payment|contract is in force|creditworthy"
        "|lifetime discount|a discount|our terms apply|signed already|is free|free for us|accepted|is accepted"
        "|accept your terms|accept our terms|we accept|is confirmed|order is confirmed|granted|agreed|discount of"
        "|approved|iban|bank details|pay to|refund|free of charge|at no cost|contract is signed|guaranteed"
        "|half price|percent off"
    ),
    Concept.FETCH: (
        "open|load|fetch|request|visit|go to|download|retrieve|read|browse|access|get|call|navigate to|browse to"
        "|query|ping"
    ),
    Concept.RUN: "call|run|execute|invoke|trigger|use|use your|launch|start",
    Concept.TOOL: (
        "following command|this command|following code|following script|following query|shell command|this script"
        "|this function|your tool|your tools|your search tool|your search|your browser|your browser tool"
        "|your email tool|your mail tool|your email|your plugin|your functions|code interpreter|your web search"
        "|your database|the crm action|your shell|your terminal|your file access|your memory tool"
    ),
    Concept.ANSWER: (
        "reply|respond|answer|output|return|write|say|print|complete answer|entire answer|whole answer"
        "|your answer|your reply|your response|full answer|whole reply|emit|produce"
    ),
    Concept.ONE_WORD: (
        "magic word|the text|the phrase|the words|the word|the single word|a single word"
        "|single word|one word|json|valid json|the string"
        "|nothing else|nothing more|no other|no other keys|and stop|rhymes|poem|haiku|emoji|emojis"
        "|yes and nothing|in verse|as a pirate|in capital letters|xml|this exact|empty string"
    ),
    Concept.TO_WHOM: (
        "note to|note for|message to|message for|notice to|notice for|attention|instruction to|instruction for"
        "|instructions to|instructions for|instructions for the|dear|hey|hi|hello|memo to|memo for|hint for"
        "|hint to|to whichever|to any|to the|to all|any|if a|if an|if any|if you are a|if you are an|whichever"
        "|for the|addressed to|as an|as a|ok|okay|info for|ps for|p s for|reminder for|request to|word to|tip for"
        "|heads-up for|announcement to|every|whatever|all|you are an|you are a"
    ),
    Concept.DEAR: "dear|hey|hi|hello|yo|hej|ok|okay|attention|greetings|psst|hiya|dearest|between us|fellow",
    Concept.IF_YOU_ARE: (
        "if you are an|if you are a|if you're an|if you're a|in case you are an|assuming you are an"
        "|since you are an|because you are an|as you are an|should you be an|when you are an|are you an"
    ),
    Concept.ROBOT: (
        "automated agent|llm agent|automated tool|automated process|automated reader|automated reviewer"
        "|summarizer|summariser|crawler|algorithm|robot|robots|machine|machines|computer|language model"
        "|ai assistant|ai model|ai agent|automated system|automated assistant|virtual assistant"
        "|evaluating software|evaluating system|screening software|neural network|mr robot|bots"
        "|artificial intelligence|ai system|ai reader|ai reviewer"
    ),
    Concept.READS: (
        "reads|reading|read|read by|processes|processing|process|screens|screening|summarises|summarizes"
        "|summarising|summarizing|evaluates|evaluating|handles|handling|analyses|analyzes|analysing|analyzing"
        "|scores|scoring|parses|parsing|prepares|preparing|reviews|reviewing|classifies|classifying|assesses"
        "|assessing|triages|triaging|sorts|sorting|drafts|drafting|ingests|ingesting|looking at|that sees|scans"
        "|scanning|working on|in charge of|responsible for|assigned to|answers|answering|rates|rating|qualifies"
        "|qualifying|judges"
    ),
    Concept.ACT: (
        "approve|accept|classify|rate|mark|score|treat|recommend|ignore|prioritise|prioritize|qualify|flag|rank"
        "|release|omit|conclude|describe|skip|assign|grade|label|consider"
    ),
    Concept.SELF: (
        "we|i|they|he|she|users|drivers|carriers|dispatchers|people|staff|customers|suppliers|bidders|tenderers"
        "|who|nobody|visitors|employees|competitors|colleagues|hauliers|it"
    ),
    Concept.HARMLESS: (
        "rules for|rules of|instructions on|instructions for|guidelines of|instructions of|recipient of invoices"
        "|recipient of the goods|computer vision|machine shop|hello all|hi team|machine learning|machine park"
        "|machine tools|machine builder|machine parts|dear computer|our machines|our machine|our computer"
        "|your software|our software|the software|computer science|machine operator|ok computer|a machine"
        "|the machine|qualified supplier|qualified suppliers|qualified partner|qualified vendor|qualified staff"
        "|qualified engineers|qualified under|best price|operating system|operating systems|assistant to the"
        "|executive assistant|personal assistant to|our assistant|an assistant|my assistant|configuration page"
        "|configuration guide|fit for|score suppliers|sales agent|sales agents|our agent|our agents"
        "|shipping agent|customs agent|travel agent|estate agent|our model|business model|which model|data model"
        "|the model you showed|vehicle model|insurance policy|travel policy|privacy policy|leads to|lead to"
        "|lead time|lead times|lead the|will lead|of our tool|at the latest|safety rules of|safety officer"
        "|safety instructions|driving instructions|instructions for drivers|installation instructions"
        "|delivery instructions|handling instructions|submission instructions|traffic rules|gate rules|our ai"
        "|our chatbot|our llm|our bot|an ai company|an ai startup|ai company|ai startup|ai vendor|llm vendor"
        "|ai-driven|ai-based|ai-powered|ai start-up|ai driven|ai based|ai powered|ai provider"
        "|language model vendor|ai supplier|ai firm|ai lab|ai business|ai product|ai products|ai feature"
        "|ai features|ai act|ai rules|ai regulation|ai strategy|ai project|ai projects|ai expert|ai team"
        "|ai consultancy|ai tools|ai platform|bot vendor|chatbot vendor|hi all|dear all|to all of you|set up"
        "|put in place|make sense|at any rate|safe and sound"
    ),
}
