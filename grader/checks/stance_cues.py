"""The words that tell a claim's stance, in English and Swedish, and how far each of them reaches.

The published way is NegEx's and ConText's: a cue has a scope, to the next edge before or behind it, and some
phrases only look like cues ("not only") and are passed over. Earlier rows win where two would begin together.
"""

from __future__ import annotations

import re
from enum import StrEnum
from typing import Final

from grader.model import Value


class Stance(StrEnum):
    """How the writer stands to what a clause says. Only what is asserted is an answer."""

    ASSERTED = "asserted"
    DENIED = "denied"
    SUPPOSED = "supposed"
    OTHERS = "others"
    GIVEN = "given"
    TAKEN_BACK = "taken-back"


class Reach(StrEnum):
    """What a cue speaks of."""

    NOTHING = "nothing"  # it only looks like a cue
    AHEAD = "ahead"  # to the end of its clause
    ALL = "all"  # the same, over all that is joined by "and"
    FAR = "far"  # on to the next "but", "so" or the end of the sentence
    LISTED = "listed"  # the same, or to a colon
    PHRASE = "phrase"  # the few words behind it, up to a verb
    CONDITION = "condition"  # far if it opens the sentence, else ahead
    AROUND = "around"  # its whole clause
    BEHIND = "behind"  # what stands before it: the subject of its clause
    SENTENCE = "sentence"  # all of the sentence
    EARLIER = "earlier"  # the sentence before


class Cue(Value, frozen=True):
    """One kind of cue. `turns`: it counts only if the writer turns away from it later on ("but", "now")."""

    stance: Stance
    reach: Reach
    words: str
    turns: bool = False
    exception: bool = False  # inside a negation it says the contrary: "nothing other than"


_S, _R = Stance, Reach
_WE: Final = r"(?:we|i|vi|jag)"
_NOT: Final = r"(?:not|n[o']?t|inte|ej|never|aldrig)"
_DOUBT: Final = r"(?:thought|believed|guessed|assumed|supposed|figured|misread|misunderstood|trodde|gissade|antog|tänkte|missuppfattade)"
_DID: Final = (
    r"(?:wrote|chose|said|had|took|answered|picked|tried|used|put|wanted|computed|calculated|planned|went|got|multiplied|forgot|(?:was|were)\s(?:going|thinking|planning|leaning|tempted)"
    r"|skrev|valde|sa|hade|tog|svarade|försökte|använde|ville|räknade|fick|glömde|var\sinne)"
)
_ONCE: Final = r"(?:at\sfirst|first(?:ly)?|initially|originally|earlier|previously|before|in\sthe\sbeginning|from\sthe\sbeginning|först|från\sbörjan|i\sbörjan|ursprungligen|tidigare|till\sen\sbörjan)"
_PERSON: Final = (
    r"(?:(?:my|our|the|a|another|some|min|vår|en)\s(?:\w+\s)?(?:(?:lab\s?|study\s?|class\s?|course\s?|room\s?|team\s?|group\s?)?(?:partner|mate|friend|colleague|classmate|student|teacher|assistant"
    r"|professor|lecturer|tutor|examiner|brother|sister|neighbou?r)s?|ta|(?:lab+\s?|kurs\s?|grupp\s?)?(?:kamrat|kompis|partner|medlem|vän|assistent|lärare|föreläsare)(?:en|n)?|handledare\w?)"
    r"|(?:the\s|our\s|this\s|most\s|many\s|several\s)?(?:(?:lab|course|lecture|online)\s)?(?:instructions?|manual|handbook|textbooks?|books?|tutorials?|guidelines?|guides?|papers?|articles?|slides?|literature|documentation|handout|lectures?|forums?|rule\sof\sthumb|notebook)"
    r"|(?:kurs|läro|hand)?boken|(?:labb?)?instruktion(?:en|erna)|föreläsning(?:en|arna)|artikeln|litteraturen|dokumentationen|handledningen|tumregeln|kursen|många\skällor"
    r"|assistenten|läraren|föreläsaren|handledaren|labbkamraten|kompisen"
    r"|chat\s?gpt|gpt(?:-?\d)?|copilot|gemini|claude|the\s(?:internet|chatbot|ai)|stack\s?overflow|google|wikipedia)"
)
_SAYS: Final = (
    r"(?:says?|said|thinks?|thought|claims?|claimed|has|had|wrote|writes|prefers?|preferred|wants?|wanted|told|tells|suggests?|suggested|argues?|argued|believes?|believed|got|gets|insists?|insisted|would|recommends?|recommended|chose|used|uses"
    r"|säger|sa|sade|tycker|tyckte|påstår|påstod|har|hade|skrev|föredrar|vill|ville|föreslår|föreslog|tror|trodde|fick|menar|hävdar|skulle|rekommenderar)"
)
_PEOPLE: Final = r"(?:some(?:\s(?:people|students|groups|others|of\sus|one))?|others|(?:other|another)\s(?:people|students?|groups?)|many(?:\speople)?|most\speople|people|somebody|someone|vissa|några|andra|många|en\sdel|somliga|någon|folk)"
_OWN_FIGURES: Final = (
    r"(?:\w+\s){0,4}?(?:tables?|plots?|results?|figures?|graphs?|curves?|measurements?|data|runs?|numbers?|experiments?|timings?|output|summary|formula|definition|tabell\w*|graf\w*|figur\w*|resultat\w*|kurv\w*|mätning\w*"
    r"|diagram\w*|siffror\w*|plott\w*|körning\w*|utskrift\w*|formel\w*)"
)
_DECIDE: Final = r"(?:choose|pick|start|begin|decide|select|say|recommend|go|take|guess|answer|name|välja|börja|starta|bestämma|ta|säga|rekommendera)"
_LOOK: Final = r"(?:look(?:s|ing)?|see|consider|compare|weigh|study|plot|divide|calculate|compute|combine|take\sboth|count|think|judge|go\sby|zoom|read|multiply|add|append|include|stack|flatten|write|titta\w*|ser|jämför|väger|tar\shänsyn|räkna\w*|delar|dividera\w*|kollar|multiplicera\w*|lägger|inkludera\w*|utöka\w*|skriver|går\sefter|utgår)"
_CLAIM: Final = r"(?:think|believe|argue|say|claim|expect|assume|object|guess|be\stempted|imagine|wonder|tro|tänka|säga|hävda|påstå|gissa|anta|invända|förledas)"
_WRONG: Final = (
    r"(?:wrong|incorrect|false|nonsense|mistaken|(?:far\s|way\s|much\s)?too\s(?:many|much|few|little|large|big|small|high|low)|not\s(?:right|correct|true|enough|it|so|possible|the\s(?:right|correct|answer))"
    r"|fel|felaktigt?|inkorrekt|för\s(?:många|mycket|få|lite|stort?|litet)|inte\s(?:rätt|korrekt|sant|nog|tillräckligt|möjligt|svaret))"
)
_IS: Final = r"(?:is|are|be|seems?|looks?|makes?|gives?|'s|är|blir|vore|ger|känns|verkar|vara|bli)"

CUES: Final = (
    # --- what only looks like a cue
    Cue(
        _S.ASSERTED,
        _R.NOTHING,
        r"as\sa\s(?:first|starting|initial)\s(?:guess|try|attempt|idea)|not\s(?:only|just|merely|simply|least|to\smention|until|surprisingly)|inte\s(?:bara|enbart|minst|endast|förrän)|why\snot|no\s(?:doubt|wonder|matter|question\sthat|surprise)"
        r"|than\snot|no\.\s?\d|even\sif|även\som|as\sif|som\som|if\snot|either\sway|nothing\s(?:beats|more\sthan)|inget\sslår|(?:make|made|be|quite|pretty|very)\ssure|as\swell\sas"
        r"|no(?=\s?[,!:])|nope\b|nej\b|nä(?=\s?[,!:])",
    ),
    Cue(
        _S.ASSERTED,
        _R.NOTHING,
        rf"(?:if|when|om|när)\s(?:we|i|you|one|vi|jag|man|du)\s(?:(?:had|have|has|were|was|must|should|would|could|can|want|wanted|need|needed|only|just|ska|skulle|måste|fick|får|vill|kan|bara)\s(?:to\s)?){{0,3}}{_DECIDE}\b"
        rf"|(?:if|when|om|när)\s(?:we|i|you|one|vi|jag|man|du)\s(?:(?:now|then|just|only|also|både|bara|nu|sedan)\s)?{_LOOK}\b|if\s(?:you\sask|i\smay)|whether\sor\snot",
    ),
    Cue(
        _S.ASSERTED,
        _R.NOTHING,
        rf"(?:according\sto|enligt)\s{_OWN_FIGURES}\b|(?:according\sto|enligt)\s(?:me|us|mig|oss)\b",
    ),
    Cue(
        _S.ASSERTED,
        _R.NOTHING,
        r"(?:my|our|min|vår)\s(?:\w+\s){1,2}(?:and|och)\s(?:i|me|myself|jag)\b|(?:me|i|jag)\s(?:and|och)\s(?:my|min)\s\w+(?:\s\w+)?",
    ),
    # --- taken back
    Cue(
        _S.TAKEN_BACK,
        _R.EARLIER,
        r"(?:no|oh|oops|sorry|nej|but)[,!.]?\swait|wait[,!.]?\sno|scrap\sthat|strike\sthat|ignore\s(?:that|the\sabove|the\sprevious)|correction:|rättelse:|nej[,!]?\svänta|vänta[,!]?\snej|stryk\sdet|bortse\sfrån\sdet",
    ),
    Cue(
        _S.TAKEN_BACK,
        _R.BEHIND,
        rf"(?:was|were|proved|turned\sout(?:\sto\sbe)?|var|visade\ssig(?:\svara)?|blev)\s(?:\w+ly\s|completely\s|helt\s)?(?:{_WRONG}|a\smistake|ett\smisstag|en\smiss)(?!\w)",
    ),
    Cue(
        _S.TAKEN_BACK,
        _R.FAR,
        rf"{_ONCE},?\s(?:of\sall\s)?{_WE}\s(?:(?:had|have|both|all|even|also)\s)?{_DOUBT}\b|{_WE}\s(?:had\s)?{_ONCE}\s{_DOUBT}\b|{_ONCE}\s{_DOUBT}\s{_WE}\b|{_WE}\s{_DOUBT}\s{_ONCE}\b|used\sto\s(?:think|believe)"
        r"|(?:our|my|the|vår|vårt|min|mitt|den)\s(?:very\s)?(?:first|initial|original|old|previous|earlier|första|ursprungliga|gamla|tidigare)\s(?:thought|guess|idea|attempt|version|try|plan|intuition|tanke|gissning|idé|försök|plan)\b",
    ),
    Cue(
        _S.TAKEN_BACK,
        _R.FAR,
        rf"{_ONCE},?\s(?:of\sall\s)?{_WE}\s(?:(?:had|have|both|all|even|also)\s)?{_DID}\b|{_WE}\s(?:had\s)?{_ONCE}\s{_DID}\b|{_ONCE}\s{_DID}\s{_WE}\b|{_WE}\s{_DID}\s{_ONCE}\b|{_WE}\s(?:had\s)?(?:{_DOUBT}|expected|hoped|suspected|förväntade|hoppades)\b"
        r"|(?<!be\s)(?:our|my|vår|vårt|min|mitt)\s(?:first|initial|original|old|previous|earlier|första|ursprungliga|gamla|tidigare)\s(?:answer|choice|svar|val)\b",
        turns=True,
    ),
    Cue(
        _S.TAKEN_BACK,
        _R.AROUND,
        r"used\sto\s(?:be|say|favou?r|prefer|think)|(?:was|were|var)\s(?:our|my|the|vår|vårt|min|mitt)\s(?:first|initial|original|old|previous|earlier|första|ursprungliga|tidigare)",
    ),
    # --- somebody else's
    Cue(
        _S.OTHERS,
        _R.FAR,
        rf"{_PERSON}\s(?:(?:also|even|always|actually|first|också|alltid|först)\s)?{_SAYS}\b|{_PEOPLE}\s(?:(?:might|may|could|would|will|often|also|skulle|kanske|ofta)\s){{1,2}}\w+|{_PEOPLE}\s(?:(?:usually|often|normally|generally|mostly|typically|sometimes|always|ofta|oftast|vanligtvis|vanligen|alltid)\s)?(?:{_SAYS}|choose|pick|use|take|start|begin|go|väljer|tar|använder|börjar|brukar|kör)\b",
    ),
    Cue(
        _S.OTHERS,
        _R.FAR,
        r"according\sto(?=\s)|enligt(?=\s)|it\s(?:is|was)\s(?:often\s|sometimes\s)?(?:said|claimed|argued)|det\s(?:sägs|påstås)|(?:we|i)\s(?:was|were)\stold|vi\sfick\shöra",
    ),
    # --- given
    Cue(
        _S.GIVEN,
        _R.SENTENCE,
        r"(?<![^\n.!?:;*#>)])(?<![\w,])\s?(?:(?:question|fråga|uppgift|task|part|del|q)\s?\d{1,2}\W{0,3})?(?:write\sdown|run\sthe\straining|plot\s(?:both|the\stwo)|reason\sabout|show\sthe\smath|complete\sthe\s(?:gradient|code|cell|missing)|explain\s(?:why|which|how)|fill\sin\sthe|replace\sthe\squestion"
        r"|skriv\s(?:ner|ned|upp)|kör\sträningen|plotta\s(?:båda|de)|resonera\s(?:om|kring)|visa\s(?:matematiken|uträkningen)|förklara\s(?:varför|hur|vilken)|fyll\si\s)",
    ),
    Cue(
        _S.GIVEN,
        _R.AHEAD,
        r"(?:the|this)\s(?:question|task|assignment|exercise|instructions?|handout|lab)\s(?:is|was|asks?|asked|says?|said|wants?|wanted|tells?|reads)\b|(?:we|you)\s(?:are|were)\s(?:asked|supposed)\b"
        r"|(?:frågan|uppgiften|labben|instruktionen)\s(?:är|var|lyder|löd|säger|ber)\b|vi\s(?:ska|skulle|blev)\s(?:ombedda|visa)\b",
    ),
    Cue(  # "someone who only looks at the time would take 1000"
        _S.OTHERS,
        _R.FAR,
        r"(?:someone|somebody|anyone|anybody|whoever|those|a\sperson|people|den|någon|de)\s(?:who|som)\s(?:only|just|really|bara|enbart)?\s?(?:look|care|want|need|value|is\sin|has|have|ser|bryr|vill|tittar)[^.;:!?\n]{0,60}\b(?:would|will|should|could|might|can|skulle|kan)\b",
    ),
    Cue(_S.DENIED, _R.AHEAD, r"without(?=\s(?:\w+\s){0,2}\w+ing\b)|utan\satt"),
    # --- supposed
    Cue(
        _S.SUPPOSED,
        _R.FAR,
        rf"{_NOT}\s(?:\w+\s)?(?:sure|certain|säkra?)\b|unsure|uncertain|osäkra?\b|(?:do|did)\s?n[o']?t\s(?:really\s)?know|no\s(?:idea|clue)|n[o']t\s(?:yet\s|really\s)?(?:decided|made\sup|chosen\syet)|undecided|torn\sbetween|inte\s(?:riktigt\s|ännu\s)?(?:bestämt|kunnat\sbestämma)|ingen\saning|vet\s(?:inte|ej)|hard\sto\s(?:say|tell)|svårt\satt\ssäga"
        rf"|(?:one|you|someone|anyone|it|man)\s(?:could|might|may|can|would|skulle|kan|kunde)\s(?:kunna\s)?(?:(?:also|first|perhaps|easily|well|lätt|först|också)\s)?{_CLAIM}\b|{_WE}\s(?:could|might|may|can|skulle\skunna|kunde|kan)\s(?:\w+\s)?{_CLAIM}\b"
        r"|at\sfirst\s(?:glance|sight)|vid\sförsta\sanblick(?:en)?|(?:our|my|a|wild|pure|vår|min|en)\s(?:\w+\s)?(?:guess|gissning)\b|(?:we|i)(?:'d|\swould)?\s(?:just\s)?guess(?:ed)?\b|(?:vi|jag)\sgissar|suppose|supposing|imagine|whether|(?<![^\n.!?:;(])(?<!\w)say(?=\s(?:you|we|i|one|that\s(?:you|we))\b)|let(?:'s|\sus)\s(?:say|assume)(?=\s(?:that\s)?(?:you|we|i|one)\b)|säg\satt|antag\b|låt\soss\santa|föreställ\sdig|huruvida",
    ),
    Cue(
        _S.SUPPOSED,
        _R.AROUND,
        r"would(?:\sprobably)?\shave\s\w+(?=[^.!?\n]{0,60}\sif\s)|hade\s\w+(?=[^.!?\n]{0,60}\som\s)",
    ),
    Cue(  # one aspect by itself, unless it is what one chooses by
        _S.SUPPOSED,
        _R.FAR,
        rf"(?:(?:based|judging|going|looking|considering|counting|measured|baserat|sett|utifrån|med\stanke)\s(?:(?:on|by|at|till|på)\s)?(?:the\s)?(?:\w+\s){{1,2}}(?:alone|only|by\sitself|in\sisolation|ensamt|enbart)"
        rf"|(?:only|purely|solely|just|enbart|endast|bara)\s(?:(?:based|judging|looking|considering|counting|baserat|sett|utifrån)\s)(?:(?:on|by|at|till|på)\s)?(?:the\s)?\w+"
        rf"|(?:in\sterms\sof|för|i\sfråga\som)\s(?:\w+\s){{1,2}}(?:alone|only|ensamt|enbart))(?![^.!?\n]{{0,30}}\b{_WE}\s(?:\w+\s)?{_DECIDE})",
    ),
    Cue(_S.SUPPOSED, _R.AHEAD, r"unless|såvida|om\sinte"),
    Cue(
        _S.SUPPOSED,
        _R.CONDITION,
        r"if|assuming\s(?:that\s|we\s|you\s|there\s)|provided\sthat|in\scase|ifall|förutsatt\satt|(?<!höger\s)(?<!vänster\s)(?<!sidan\s)om(?=\s(?:man|vi|jag|du|ni|det|den|de|inte|tid\w*|noggrann\w*|varje|alla|bias\w*|modellen|datorn)\b)|(?<![^\n.!?:;])(?<!\w)om(?=\s)",
    ),
    Cue(
        _S.SUPPOSED,
        _R.FAR,
        r"(?<![^\n.!?:;(])(?:should|were|had|är|har|vill|ska|behöver|blir|spelar|skulle|vore)\s(?=(?:the|time|you|one|we|it|accuracy|there|a|speed|man|vi|jag|du|det|den|tid\w*|noggrann\w*|inte)\b)",
    ),
    Cue(_S.SUPPOSED, _R.LISTED, r"(?<!not\s)(?<!n't\s)either(?=\s)|antingen"),
    Cue(
        _S.SUPPOSED,
        _R.AROUND,
        r"maybe|perhaps|possibly|kanske|möjligen|möjligtvis|eventuellt|(?:could|might|may)(?=\s(?:(?:also|perhaps|still|even|then|well|therefore|be)\s){0,2}(?:be|have|use|choose|pick|take|go|start|seem|work|prefer|want|suffice|do|decrease|increase|lower|reduce|raise|switch|change|try|continue|improve|an?|the|enough)\b)|skulle\s(?:\w+\s)?kunna|kan\s(?:möjligen|tänkas)",
    ),
    # --- denied
    Cue(
        _S.DENIED,
        _R.BEHIND,
        rf"(?:(?:would|will|can|must|could|should|skulle|kan|lär)\s(?:\w+\s)?)?{_IS}\s(?:(?:\w+ly|then|also|just|still|helt|också|då|ju)\s)?{_WRONG}(?!\w)|(?:is|are|was|does|do|can|ca|would)\s?n[o']?t\s(?:be\s|\w+ly\s)?(?:right|correct|true|work|fit|make\ssense|hold|add\sup|enough|it(?=\W))"
        r"|can\s?not\sbe\s(?:right|correct|true|it)|makes?\sno\ssense|(?:stämmer|funkar|fungerar|går|räcker|håller|duger)\s(?:inte|ej)|is\sout\b|(?:is|are)\sruled\sout",
    ),
    Cue(
        _S.DENIED,
        _R.PHRASE,
        r"other\sthan|else\sthan|anything\sbut|except(?:\sfor)?|apart\sfrom|besides|annat\sän|annan\sän|förutom|utom|frånsett",
        exception=True,
    ),
    Cue(
        _S.DENIED,
        _R.PHRASE,
        r"(?:rather|sooner)\sthan|instead\sof|in\splace\sof|as\sopposed\sto|in\slieu\sof|i\s?stället\sför|istället\sför|snarare\sän|hellre\sän|till\sskillnad\sfrån|unlike",
    ),
    Cue(_S.DENIED, _R.ALL, r"neither|none(?=\sof\b)|varken|ingen(?=\sav\b)|inget(?=\sav\b)|inga(?=\sav\b)"),
    Cue(
        _S.DENIED,
        _R.AHEAD,
        r"not|(?:is|are|was|were|do|does|did|has|have|had|would|should|could|will|wo|ca|can|must|need|might)n't|(?:is|are|was|were|do|does|did|would|should|could|ca|wo)nt|cannot|never|nor|none(?=\s(?:is|are|was|were)\b)|(?<=are\s)none|nobody|no\sone|nothing|nowhere|no(?=\s[a-zåäö])"
        r"|inte|ej|icke|aldrig|ingen|inget|inga|ingenting|disagree\w*",
    ),
)

PATTERN: Final = re.compile(
    "|".join(rf"(?P<c{index}>(?<![\w'])(?:{cue.words})(?!\w))" for index, cue in enumerate(CUES)), re.I
)
TURN: Final = re.compile(
    r"\b(?:but|however|yet|until|instead|now|then\s(?:we|i)\s(?:saw|reali[sz]ed|noticed|found|changed)|reali[sz]ed|noticed|wrong|mistake|changed|corrected|convinced|afterwards|later|final|finally|finished|correct|right|actually|too\s(?:many|much|few|little)|slutligen|slutgiltigt|egentligen|för\s(?:många|mycket)|men|nu|istället|i\sstället|sedan\s(?:såg|insåg|märkte)|insåg|märkte|fel|ändrade|dock)\b",
    re.I,
)
WORD_THAT_ENDS_A_PHRASE: Final = re.compile(
    r"\b(?:we|i|you|one(?=\s(?:should|would|can|could|may|has|gets))|it|they|is|are|was|were|use|take|choose|pick|should|would|will|could|can|must|has|have|gives?|takes?|seems?"
    r"|vi|jag|man|du|är|var|bör|skulle|ska|kan|ger|tar|väljer|valde|använder|föredrar|börjar|har|blir|rekommenderar|since|because|as|eftersom|då)\b",
    re.I,
)
REFERS_BACK: Final = re.compile(
    r"\W*(?:but\s|men\s|and\s|och\s)?(?:which|that|this|it|den|det|detta|vilket|som)\b", re.I
)
COUNTERFACTUAL: Final = re.compile(r"\b(?:would|were|had|'d|could|skulle|vore|hade|kunde)\b", re.I)
STRUCK: Final = re.compile(
    r"~~(?P<tildes>[^~]{1,2000})~~|<(?P<tag>s|del|strike)>(?P<inner>[^<]{0,2000})</(?P=tag)>|\\(?:sout|st|xout|cancel|hcancel)\{(?P<tex>[^{}]{0,2000})\}",
    re.I,
)
