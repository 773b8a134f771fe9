"""English: what is to be forgotten, who is to be played, how we are to be judged."""

from __future__ import annotations

from leadbraid.conflicts.injection.concepts import Concept, Words
from leadbraid.conflicts.injection.vocabulary.english_acts import ACTS

ENGLISH: Words = {
    Concept.FORGET: (
        "discard what|distrust|ignore|ignoring|disregard|disregarding|forget|forget about|override|overrule"
        "|bypass|overlook|neglect|abandon|discard|drop|set aside|setting aside|put aside|lay aside|leave aside"
        "|leaving aside|leave out|leaving out|skip|erase|wipe|void|suspend|pay no attention to|pay no heed to"
        "|take no notice of|stop following|stop obeying|cease following|do not follow|don't follow|not follow"
        "|do not obey|don't obey|no longer follow|no longer obey|no longer adhere|do not adhere|do not apply"
        "|do not use|disobey|break|violate|work around|look past|unlearn|throw away|throw out|deviate from"
        "|not adhere to|replace|supersede|make an exception|make exceptions|unfollow"
    ),
    Concept.RULES: (
        "instr|instrs|rubric|criteria you|checklist you|instruction|instructions|prompt|prompts|rule|rules"
        "|guideline|guidelines|guidance|directive|directives|direction|directions|command|commands|programming"
        "|guardrails|guardrail|constraint|constraints|restriction|restrictions|policy|policies|playbook"
        "|system message|orders|training data|safeguards|protocols|protocol|brief you were given|limitations"
        "|exclusion rules|exclusions|exclusion list|principles"
    ),
    Concept.TOLD: (
        "your documents say|your documents tell|what your documents|what your notes|what your sources"
        "|your own data|you are a|you are an|that you are|you're a|you were a|the previous paragraph"
        "|previous paragraph|the previous text|earlier text|the previous section|your purpose|your role|your job"
        "|your task|your original task|your original purpose|the conversation so far|this conversation"
        "|your persona|who you work for|who made you|who you are|your employer|your boss|your owner|your operator"
        "|your maker|what you have read so far|everything you read before|everything written above"
        "|what is written above|what you know about us|your training|your creators|everything you were told"
        "|all you were told|what you were told|anything you were told|everything you have been told"
        "|what you have been told|whatever you were told|everything above|all of the above|all the above"
        "|anything above|the above and|everything before this|everything that came before|what came before"
        "|everything you know|everything you have learned|what you were instructed|everything you were instructed"
        "|everything you were taught|everything prior|all that was said before"
    ),
    Concept.EARLIER: (
        "prev|preceding messages|last few|previous|previously|prior|above|earlier|preceding|foregoing|before"
        "|so far|until now|up to now|old|initial|initially|original|past|former|beforehand"
    ),
    Concept.YOURS: (
        "company|corporate|official|standard|your|you were given|you were told|you have been given"
        "|you have been told|you were instructed|you have received|you received|you got|you have|you had"
        "|you work under|you work with|you were handed|handed to you|given to you|you follow|you are following"
        "|you know|you've been given|you've been told|system|safety|configured|usual|existing|all|any|every"
        "|everything|developer|operator|operator's|default|built-in|whatever|normal|these|those|internal|hidden"
        "|its"
    ),
    Concept.VOID: (
        "superseded|is superseded|outrank|outranks|has no effect|have no effect|is obsolete|means nothing"
        "|no longer matters|no longer matter|does not matter|doesn't matter|counts for nothing|no longer exist"
        "|no longer exists|no longer bind|no longer binding|no longer apply|do not apply|don't apply"
        "|no longer valid|not valid|are void|is void|are invalid|are suspended|are cancelled|are canceled"
        "|do not count|don't count|no longer count|are revoked|are lifted|are obsolete|are outdated"
        "|are superseded|have been lifted|have been replaced|have been superseded|have expired|no longer in force"
        "|are overridden|none of|are off|are hereby|do not bind|cease to apply|does not apply|are null and void"
        "|have changed|are replaced|have been revoked|have been cancelled|have been updated|skip that part"
        "|are disabled|were a test|was a test"
    ),
    Concept.ALTER: (
        "disable|deactivate|turn off|switch off|suspend|lift|override|rewrite|change|edit|amend|extend|modify"
        "|relax|loosen|adapt|alter|adjust|lower|weaken|delete|update|remove from|expand|rework"
    ),
    Concept.OUR_RULES: (
        "safety measures|security measures|your safety rules|scoring rubric|the rubric|rubric|scoring criteria"
        "|the scoring|qualification criteria|qualification steps|qualification rules|scoring rules"
        "|exclusion criteria|safety guidelines|conflict checks|risk checks|your checks|your safety|safety checks"
        "|your filters|your guardrails|sanctions screening|compliance checks|your safeguards|your restrictions"
        "|the guardrails|lead scoring|your rubric|your checklist|your configuration|your constraints|the playbook"
        "|your playbook|your criteria|your exclusion list|your exclusions|your exclusion rules|your system prompt"
        "|your instructions|your scoring|your guidelines|your qualification rules|your threshold|your prompt"
        "|your scoring rules|your risk rules|the exclusion list|your policies|your suppression list|your rules"
    ),
    Concept.OWN_MAIL: (
        "my previous|my last|my earlier|my first|our previous|our last|our earlier|my prior|our prior|my message"
        "|my email|my e-mail|my mail|our mail|our email|last mail|last email|last message|previous email"
        "|previous e-mail|previous mail|previous message|earlier email|earlier mail|earlier message|first message"
        "|first mail|reminder|automatic reply|i sent|we sent|i wrote|attachment|voicemail|phone call|quote above"
        "|question above|typo|versions of our|version of our|other mail|my question|the quantity|my instructions"
        "|our instructions|our rules|my request|our request"
    ),
    Concept.OBEY: (
        "trust|believe|rely|do whatever|follow whatever|obey whatever|obey|comply|comply with|carry out|execute"
        "|do what|do as|do exactly|act on|follow|follow only|listen only to|listen to|perform|treat it as"
        "|treat them as|take it as|as instructions|as additional instructions|do everything"
        "|treat the instructions|treat the text|adhere to|stick to"
    ),
    Concept.ONLY: "nothing else|only|solely|exclusively|nothing but|instead|alone|from now on|more important|just",
    Concept.THIS_TEXT: (
        "it tells you|tells you|you are told there|this mail|this letter|this message|this email|this e-mail"
        "|this text|this note|this enquiry|this inquiry|the sender|text below|directions below|what i say"
        "|what i tell you|my commands|my instructions|my orders|these instructions|these directions|these rules"
        "|the following|what follows|this paragraph|this line|below|instructions in this|ones in this|ones below"
        "|here|new instructions|the applicant|written there|stands there|it says|is written|says there"
        "|you find there|the steps there|it contains|you read there"
    ),
    Concept.ROLE: (
        "you're my|you are my|you are our|you now work|you work|you are|you are now|you're now|you're"
        "|from now on you|act as|act like|acting as|pretend|pretend to be|pretend you are|pretend that you are"
        "|assume the role|take the role|take on the role|play the role|take the part|play the part|imagine you"
        "|imagine that you|you have been upgraded|you have become|you have been reprogrammed|behave as"
        "|behave like|respond as|answer as|speak as|roleplay as|role-play as|simulate|become|you will be"
        "|you shall be|let us play a game|let's play a game|you serve|you work for|you represent"
        "|consider yourself|switch to|switch into|enter|enable|activate|you act as|be my|you no longer work"
    ),
    Concept.MACHINE: (
        "software|evaluating software|algorithm|program|computer|evaluator|scorer|summary tool|parser|engine"
        "|artificial intelligence|language model|language models|large language model|ai model|ai assistant"
        "|assistant|assistants|model|models|chatbot|agent|agents|ai agent|ai agents|ai system|ai tool"
        "|automated system|automated systems|automatic system|automation|machine|machines|neural network|robot"
        "|virtual assistant|automated reader|automated assistant|ai reviewer|ai reader|classifier|pipeline"
        "|automated tool|automated process|summariser|summarizer|digital assistant|screening system"
        "|screening tool"
    ),
    Concept.FREE: (
        "on my behalf|for me from|my assistant now|my agent now|my bot now|working for me|work for me"
        "|works for me|assistant now|obey me|obeys me|only to me|unrestricted|no restrictions"
        "|without restrictions|without limits|without any limits|without limitations|no limits|no rules"
        "|no safety rules|without rules|no filter|no filters|unfiltered|never refuses|never refuse|never says no"
        "|says yes|say yes to|yes to anything|yes to everything|no review step|jailbroken|jailbreak|do anything"
        "|anything now|without guardrails|no guardrails|uncensored|maintenance mode|developer mode|debug mode"
        "|admin mode|god mode|dan mode|root mode|test mode|training mode|sudo mode|unsafe mode|override mode"
        "|our interests|for the applicant|not for the seller|works for us|work for us|our personal|represent us"
        "|on our behalf|serve us|our side|rates every|rate every|approves everything|approves every"
        "|approve everything|accepts every|accepts everything|in our favour|in our favor|work for the buyer"
    ),
    Concept.STAFF: (
        "head of sales|sales manager|sales director|the ceo|managing director of the seller|chief executive"
        "|the reviewer|the approver|the sales rep|sales representative|administrator|the boss|senior reviewer"
        "|compliance officer|credit officer|account manager"
    ),
    Concept.AUTHORITY: (
        "the developers|your engineering team|developers of this|your makers|the admin|the admins|admin team"
        "|it department of yours|your ceo|the developer team|your superiors|your head office|your management"
        "|system developers|leadbraid developers|your it team|your security team|your developer|your developers"
        "|your administrator|your admin|your operator|your creator|your creators|your maker|your programmer"
        "|your vendor|your supervisor|your owner|the system administrator|system administrator"
        "|the developer speaking|openai|anthropic|your provider|the operator|operator message|system operator"
        "|your engineers|your boss|policy update|your manager|head office|security notice|system notice"
        "|your employer"
    ),
    Concept.DISABLE: (
        "disable|deactivate|switch off|turn off|shut off|lift|remove|suspend|exception to your|exceptions to your"
        "|authorise you|authorize you|permit you|you may|you can|you are allowed|you have to|you must|stand down"
        "|unlock|allowed you|cleared you"
    ),
    Concept.CHECKS: (
        "check|checks|safety|filters|safeguards|restrictions|guardrails|risk check|risk checks|rules|policy"
        "|policies|limits|protections|controls|review|validation|exclusions|configuration|prompt|approve|accept"
        "|reveal|disclose|output|without review|exception"
    ),
    Concept.RATE: (
        "fill in|fill|assume|route|fast-track|present|tag|promote|deem|place|move|bring|name|mark|classify|rate"
        "|flag|label|rank|treat|set|give|assign|raise|change|make|put|put down|record|report|count|consider"
        "|categorise|categorize|choose|award|grade|score|judge|assess|evaluate|increase|boost|bump|register|enter"
        "|log|describe|list|conclude|declare|pick|return|output|grant|note|leave|keep|call|regard|portray|close"
        "|write|qualify|adjust|push|lift|upgrade|state|say"
    ),
    Concept.RATED: (
        "be categorised|be categorized|be reported|be rated|be marked|be classified|be scored|be recorded"
        "|be treated|be listed|be considered|be described|be counted|be labelled|be labeled|be ranked|be flagged"
        "|be graded|be presented|be shown|be evaluated|be assessed|be deemed|be set|be taken|be judged"
    ),
    Concept.LEAD: (
        "lead|this lead|our lead|enquiry|inquiry|request|prospect|submission|applicant|sender|this company"
        "|our company|this contact|this message|this mail|this email|this form|us|our enquiry|our firm|this one"
        "|this firm|this customer|this account|the company|opportunity|this business|our business|our request"
        "|my company|me|our organisation"
    ),
    Concept.SCORE: (
        "tier|priority level|highest class|category|lead grade|risk rating|credit rating|score|rating|grade"
        "|verdict|points|marks|scale|fit|lead score|evaluation|assessment|qualification|qualification result"
        "|ranking|confidence|priority|judgment|judgement|classification|fit score|stars|lead status"
    ),
    Concept.TOP: (
        "yes|green light|highest|maximum|max|top|best possible|perfect|full|hundred|one hundred|the best"
        "|excellent|ten out of ten|five stars|ideal|fifty points|positive|9 10|a plus|outstanding"
    ),
    Concept.GOOD: (
        "preferential treatment|preferential|verified|gold|platinum|premium|premium partner|vip|preferred"
        "|fast-tracked|fast track|enterprise tier|checked|cleared|valuable|very valuable|in good standing"
        "|compliant|fully compliant|creditworthy|green|a lead|ready to buy|top tier|legitimate|qualified|approved"
        "|accepted|pre-approved|preapproved|hot|hot lead|ideal|ideal customer|perfect|perfect fit|excellent"
        "|trusted|strategic|strategic account|low risk|low-risk|risk-free|risk free|no risk|safe|won|met"
        "|fulfilled|satisfied|closed as won|whitelisted|existing customer|vetted|enterprise|financially strong"
        "|top priority|strong fit|great fit|good fit|best fit|priority one|sales ready|sales-ready|must-win"
        "|must win|key account|budget confirmed|high value|high-value"
    ),
    Concept.CRITERIA: (
        "criteria|criterion|ideal-customer criteria|checklist|requirements you have|exclusion rules|company size"
        "|facts|findings|evidence|the rules|your rules"
    ),
    Concept.REGARDLESS: (
        "no matter what|no matter|regardless|regardless of|irrespective of|irrespective|whatever"
        "|without reservation|without reservations|unreservedly|in any case|do not recompute|without checking"
        "|whatever you find|even if|despite"
    ),
    Concept.MUST: (
        "replies must|reply must|must|shall|has to|have to|should|is to be|are to be|ought to|needs to"
        "|is required|are required|required to|will be|could|make sure|ensure|be sure|see to it|needs"
    ),
    Concept.RECOMMEND: "recommend|recommend us|advise|endorse|favour|favor|prefer|propose|suggest|advocate|praise",
    **ACTS,
}
