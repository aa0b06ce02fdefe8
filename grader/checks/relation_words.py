"""The words in which reasons weigh options, in English and Swedish: what qualifies, what changes, what is measured by."""

from __future__ import annotations

import re
from typing import Final

from grader.checks.number_words import MORPHEME

TOKEN: Final = re.compile(r"[A-Za-zÅÄÖåäöéü]+(?:'[a-z]+)?|\d[\d.,]*|%|[^\s\w]")
QUALIFIED: Final = re.compile(
    r"\b(?:within|inom|spent|second|third|next|näst|almost|nearly|near(?=-)|nästan|close|among|amongst|bland|one\sof|en\sav|among\sthe|of\sthe\s(?:two|three|remaining|others?|fast|quick|accurate|good)\w*|av\sde\s\w+|of\sthose|above|over|without|between|mellan|around|kring|somewhere|någonstans|still|yet|with\s(?:an?|still|accept|ok|good|decent|reason)\w*|med\s(?:bra|ok|hyfsad|rimlig|god)\w*"
    r"|where|at\swhich|for\swhich|där(?!\s(?:är|var|blir)\b)|that\s(?:still|is|has)|which\sstill|per|given|considering|relative|compared|jämfört|i\sförhållande|relatively|fairly|pretty|quite|ganska|relativt|hyfsat)\b",
    re.I,
)
WEIGHS: Final = re.compile(
    r"\b(?:justif\w*|worth|matters?|outweigh\w*|make\sup|compensat\w*|important|relevant|irrelevant|(?:a\s)?(?:concern|problem|issue)|difference|care|spelar|värt|värd|motiver\w*|skillnad|roll|viktig\w*)\b",
    re.I,
)
CHANGE: Final = re.compile(
    r"\b(?:increas\w*|decreas\w*|drop\w*|fall\w*|fell|los[et]\w*|losing|lost|loss\s(?:in|of)|gain\w*|hurt\w*|harm\w*|ris(?:e|es|ing)|rose|grow\w*|grew|flatten\w*|level\w*\s(?:out|off)|plateau\w*|declin\w*|deteriorat\w*|improv\w*|suffer\w*|sav\w+|cost\w*|sacrific\w*|stays?|remain\w*|holds?\s(?:up|steady|constant)|(?:is|are|was|were)\s(?:\w+\s)?(?:constant|stable|flat|steady|unchanged)|collaps\w*|plummet\w*|explod\w*|skyrocket\w*|shoots?\sup|differ\w*|skilj\w*|knee|elbow|steep\w*|extra|degrad\w*|reduc\w*|cut\w*|shrink\w*|goes\s(?:up|down)|went\s(?:up|down)"
    r"|sjunk\w*|öka\w*|minska\w*|skada\w*|drabba\w*|tappa\w*|förlora\w*|förlust\w*\s(?:i|av)|skillnad\w*|vinn\w*|stig\w*|plana\w*|faller|falla|föll|växer|avta\w*|försämra\w*|förbättra\w*|kollapsa\w*|rasar?|dyker|håller\ssig|(?:är|var|förblir)\s(?:\w+\s)?(?:konstant|stabil|oförändrad|jämn)\w*|spara\w*|kostar|knä\w*)(?!\w)",
    re.I,
)
RISES: Final = re.compile(
    r"\b(?:increas\w*|gain\w*|ris(?:e|es|ing)|rose|grow\w*|grew|improv\w*|goes\sup|went\sup|explod\w*|skyrocket\w*|shoots?\sup|longer|higher|slower|öka\w*|vinn\w*|stig\w*|växer|förbättra\w*|längre|högre|långsammare)(?!\w)",
    re.I,
)
FALLS: Final = re.compile(
    r"\b(?:decreas\w*|drop\w*|fall\w*|fell|los[et]\w*|declin\w*|deteriorat\w*|suffer\w*|degrad\w*|reduc\w*|shrink\w*|goes\sdown|went\sdown|collaps\w*|plummet\w*|shorter|lower|faster|sjunk\w*|minska\w*|tappa\w*|faller|falla|föll|avta\w*|försämra\w*|kollapsa\w*|rasar?|dyker|kortare|lägre|snabbare)(?!\w)",
    re.I,
)
BALANCE: Final = re.compile(
    r"\b(?:compromise|trade-?\s?off|balanc\w*|middle\sground|golden\smean|sweet\s?spot|combination|combin\w*|most\s\w+\s(?:for|per|given)|best\s\w+\s(?:for|per|given)|kompromiss\w*|avvägning\w*|balans\w*|kombination\w*|mest\s\w+\s(?:för|per)|bäst\w*\s\w+\s(?:för|per)|both|båda?|ratio|kvot\w*|förhållande)(?!\w)",
    re.I,
)
BECAUSE_OF: Final = re.compile(
    r"\b(?:because\sof|due\sto|thanks\sto|on\saccount\sof|in\sterms\sof|(?:first|second|third|ranks?\s\w+)\sin|på\sgrund\sav|tack\svare|när\sdet\sgäller|considering|with\sregard\sto)\b",
    re.I,
)
COMPROMISE: Final = re.compile(
    r"\b(?:compromise|trade-?\s?off|middle\s(?:ground|way)|golden\s(?:mean|middle)|sweet\s?spot|(?:good|nice|best)\sbalance|in\sbetween|kompromiss\w*|avvägning\w*|medelväg\w*|(?:bra|bäst\w*)\sbalans)(?!\w)",
    re.I,
)
PRONOUN: Final = re.compile(
    r"\W*(?:(?:but|men|and|och|so|because|since|as|eftersom|då|för|while|although|that|att|where|still|yet)\s)*(?:it|its|it's|that|this|which|these|den|det|dess|vilket|som|denna|where|there|där)\b",
    re.I,
)
IT: Final = re.compile(
    r"\W*(?:(?:but|men|and|och|so|because|since|as|eftersom|då|för|while|although|that|att)\s)*(?:it|it's|den|det)\b",
    re.I,
)
COMPARES: Final = re.compile(r"\b(?:compared|than|än|jämfört|versus|vs|against|mot|as|som)\b", re.I)
BEYOND: Final = (  # "larger than 100 gives": of none by itself
    r"\W*(?:(?:but|and|men|och|all\w*|every\w*|anything|CALLED|allt)\s){0,3}(?:larger|bigger|greater|higher|more|smaller|lower|less|above|below|beyond|over|under|större|högre|mer|mindre|lägre|över|ovanför)"
    r"\s(?:(?:than|än|CALLED)\s){0,2}\W?\d"
)
FACING: Final = re.compile(r"\s(?:vs\.?|versus|mot|against|eller|or)\s", re.I)
"""Between two options that are set against each other, of whom what follows may be said of either."""
CONNECTING: Final = r"training|of|for|with|at|is|was|by|the|a|has|belongs|given|achieved|got|reached|to|using|all|hos|för|med|är|har|av|vid"
"""Words that may stand between what is said and the option that it is said of."""
SAVED: Final = re.compile(
    r"\b(?:sav\w+|gain\w*|los[est]\w*|losing|cost\w*|differ\w*|sacrific\w*|trad(?:e|ing)\b(?!-)|tappa\w*|förlora\w*|spara\w*|skilj\w*|skillnad\w*|vinst\w*)",
    re.I,
)
OTHER_FIGURE: Final = re.compile(
    r"\b(?:per|more\sepochs|less\stime|faster|quicker|of\sthe\stime|snabbare|times|improve\w*|reduc\w*|decreas\w*\sby|increas\w*\sby|shorter|slower|minska\w*\smed|minskas?|öka\w*\smed|kortare|långsammare|lägre\stid\w*)\b",
    re.I,
)
FEW_UNITS: Final = re.compile(
    r"\b(?:few|couple\sof|some|several|extra|additional|more|mere|many|några|få|ett\spar|flera|fler|enstaka)\W$",
    re.I,
)
DOES: Final = re.compile(r"\b(?:does|do|did|gör\sdet)\b\W*$", re.I)
CONJUNCTION: Final = re.compile(r"[,;(]|\b(?:and|och|but|men|while|medan|because|since|eftersom)\b", re.I)
WHICH: Final = re.compile(r"\b(?:which|that|who|som(?!\s\w+st\b)|vilken|vilket)\b", re.I)
KEPT: Final = re.compile(  # what a superlative is limited by: "the fastest while still accurate"
    r"\b(?:while|still|yet|keep\w*|maintain\w*|without|among|above|over|at\sleast|reasonab\w*|acceptab\w*|decent|okay|good|ändå|fortfarande|utan\satt|samtidigt|medan|medan\sden|rimlig\w*|bra|hyfsad\w*|behåll\w*)\b",
    re.I,
)
AMONG_SOME: Final = re.compile(  # of whom a superlative may be meant
    r"(?<!\ball\s)\b(?:of|out\sof|among|amongst)\s(?:the\s(?:two|three|four|ones|remaining|others?|more|most|fast\w*|quick\w*|accurate|good|high\w*|small\w*|larg\w*)|those|these|them(?!\sall))\b"
    r"|\b(?:av|bland)\s(?:de\s(?:två|tre|fyra|som|andra|övriga|snabba\w*|noggranna\w*|bra|bästa|små|stora|kvarvarande)|dem(?!\salla)|dessa)\b"
    r"|\b(?:remain\w*|(?:is|are)\sleft|kvar|återstå\w*|with\s(?:over|more\sthan|at\sleast)|med\s(?:över|mer\sän|minst))\b",
    re.I,
)
BEATS: Final = re.compile(
    r"\b(?:beats?|outperforms?|outdoes|surpass(?:es)?|wins\sover|slår|överträffar|vinner\söver|(?:is|are|är)\s(?:better|superior|bättre)\s(?:than|to|än))\b(?P<whom>.{1,60}?)\b(?:in|on|when\sit\scomes\sto|with\sregard\sto|i|på|när\sdet\sgäller)\s(?P<what>.{1,60})",
    re.I,
)
BESIDE: Final = re.compile(
    r"\b(?:(?P<small>below|under|behind)|(?P<large>above|ahead\sof|över))\s(?:that|what|the\s\w+|den)?\s?(?:of|for|with|hos|för|med)?\b",
    re.I,
)
OF_ALL: Final = re.compile(r"\b(?:of|av)\s(?:them\s)?(?:all|alla|dem\salla|the\sfive)\b", re.I)
SPENT: Final = re.compile(
    r"\b(?:given|per|spent|divid\w*|ratio|regard\w*|relative|proportion\w*|efficien\w*|förhållande|kvot\w*|delar|dividera\w*)\b",
    re.I,
)
COUNTS: Final = re.compile(
    r"\b(?:counts?|counted|matters?|mattered|important|concern|priority|limited|räknas|räknades|viktig\w*|spelar)\b",
    re.I,
)
THERE: Final = re.compile(
    r"\b(?:there|here|där|här|(?:every|any)thing\s(?:below|above|under|over|else|smaller|larger|bigger|beyond)|allt\s(?:under|över|mindre|större|annat)"
    r"|(?:going|go|goes|by\sgoing|moving|att\sgå)\s(?:any\s|even\s|much\s|further\s)?(?:lower|higher|smaller|larger|bigger|below|above|beyond|up|down|lägre|högre|mindre|större|upp|ner|ned)"
    r"|(?:anything|a|any|the|all)\s(?:even\s)?(?:smaller|larger|bigger|lower|higher)\s(?:one|batch\w*|size)s?)\b",
    re.I,
)
BOUGHT: Final = re.compile(  # "what 1 needs for a lower accuracy": of the other
    r"\b(?:for|at|with|to\sget|to\sreach|för|med|till)\s(?:an?\s|the\s|even\s|en\s|ett\s)?(?:\w+\s)?$", re.I
)
DIFFERS: Final = re.compile(
    r"\W*(?:\w+\s)?(?:more|extra|less|longer|lower|higher|slower|faster|fewer|shorter|worse|better|behind|ahead|difference|gain|loss|below|above|additional|saved|gained|lost|won|saving|sparad?\w*|sparas|vunn\w*|tappad\w*|mer|mindre|fler|extra|längre|lägre|högre|sämre|bättre|skillnad|snabbare|långsammare|kortare|points?|units?)\b",
    re.I,
)
LOSES: Final = re.compile(
    r"\b(?:los\w+|lost|gain\w*|drop\w*|differ\w*|sav\w+|sacrific\w*|cost\w*|within|extra|more|less|another|additional|further|ytterligare|slipper\s\w+|slipp\w*|cut|decreas\w*|increas\w*|reduc\w*|pay\w*|tappa\w*|förlora\w*|skilj\w*|vinn\w*|sparar?|minska\w*|öka\w*|sjunk\w*|stig\w*|inom)\W+(?:(?:by|of|about|around|almost|nearly|roughly|approximately|over|more|less|than|under|a|some|just|barely|hardly|only|med|cirka|ca|knappt|nästan|drygt|över|mer|mindre|än|ungefär)\W+){0,4}$",
    re.I,
)
BOUND: Final = (
    (
        1,
        re.compile(
            r"\b(?:above|over|more\sthan|at\sleast|exceed\w*|beyond|över|mer\sän|minst)\W{1,3}(?:\w+\W)?$",
            re.I,
        ),
    ),
    (
        -1,
        re.compile(
            r"\b(?:below|under|less\sthan|at\smost|within|only\sup\sto|inom|mindre\sän|högst|knappt|barely|hardly|almost|nearly|nästan|close\sto)\W{1,3}(?:\w+\W)?$",
            re.I,
        ),
    ),
)
RATIO: Final = re.compile(
    r"\b(?:factor|faktor|half|halva|hälften|quarter|fjärdedel\w*|third|tredjedel\w*|fifth|(?:femte|sjätte|sjunde|åtton|åttonde|nion|nionde|tion|tionde)del\w*|(?:six|seven|eigh|nin|twentie|thirtie|fortie|fiftie|hundred|thousand)th|\w+(?:on|en|tion)delen?|tenth|fourth|fraction|tenfold|twice|double|doubled?|dubbelt|dubbla|tripled?|fourfold|bråkdel\w*|(?:\d+(?:[.,]\d+)?|several|many|some|few|många|flera|"
    + MORPHEME
    + r")[\s-]?(?:times|gånger|fold|faldig\w*|x))\b|\b\d+(?:[.,]\d+)?\s?x\b",
    re.I,
)
SHRINKING: Final = re.compile(r"\b(?:smaller|lower|decreas\w*|mindre|lägre|minska\w*)\b", re.I)
"""Of options that are gone through from the large to the small."""
JOINED_ANEW: Final = re.compile(r",|;|\b(?:and|och|while|whereas|but|medan|men)\b", re.I)
TREND: Final = (
    r"\b(?:larger|bigger|higher|smaller|lower|större|mindre|högre|lägre|increasing|decreasing|growing|ökande|minskande)\s(?:\w+\s){0,1}?(?:ones?|CALLED)\b"
    r"|\b(?:CALLED)\s(?:is\s|are\s)?(?:increas\w*|decreas\w*|grow\w*|rais\w*|öka\w*|minska\w*)|\bwith\s(?:the\s)?(?:\w+\s)?(?:CALLED)\b"
)
"""Of all options, not of one; ``CALLED`` stands for what an option is called."""
