"""The words of choosing, in English and Swedish: who picks, what is called best, what is praised, what is turned down."""

from __future__ import annotations

import re
from typing import Final

PICK: Final = re.compile(
    r"\b(?:prefer\w*|choos\w+|chose\w*|choice|pick\w*|select\w*|recommend\w*|suggest\w*|propos\w+|favou?r\w*|opt(?:ed)?\s(?:for|to)|settl\w+\s(?:on|for)|vot\w+\s(?:for|goes\sto)|(?:stick|stuck)\s(?:with|to)|decid\w+\s(?:on|for|to)|land\w*\s(?:on|at|in)|stop\w*\s(?:at|with)|agree\w*\s(?:on|upon)|end(?:ed)?\sup\s(?:with|at|on|choosing)"
    r"|(?:our|my|the)\s(?:\w+\s)?answer|answer(?=\s?[:=])|conclusion(?=\s?[:=])|(?:we|i|let's|lets|should|would|will|shall|'d|'ll|can|to|now)\s(?:\w+\s)?(?:go|take|say|use|run|try|keep|set|train|begin|start)\b(?!\s(?:\w+\s){0,3}(?:epochs?|times|runs)\b)|lean\w*\s(?:towards?|to)|inclin\w*\s(?:towards?|to)|should\s(?:\w+\s)?be\s(?:used|chosen)|would\s(?:\w+\s)?be\s(?:used|chosen)"
    r"|(?:start|begin|go)(?:ing)?\s(?:(?:the|our|out|off|by|training|\w+)\s){0,3}?(?:with|at|from|for|using)|(?:is|'s|be)\swhere\s(?:we|i|one|you)|(?:one|size|value|option)\s(?:(?:we|i|one|you|that|to)\s)?(?:would\s|should\s|will\s|'d\s)?(?:start|begin|use|go|pick|take)|(?:should|ought\sto|must|bör|borde|får)\s(?:be|vara|bli)(?!\s(?:noted?|mentioned|said|seen|taken|able|possible|clear|careful|reset|more|less|higher|lower|a\sbit|some|enough)\b)|(?:vårt|mitt|our|my)\s(?:\w+\s)?val|valet"
    r"|(?:convinced|won\sus)|for\s(?:me|us)\sit(?:'s|\sis|\swould\sbe|\swas)|stann\w*\s(?:\w+\s)?(?:på|vid|för)|landa\w*\s(?:\w+\s){0,3}?(?:på|i|vid)|enades\s(?:om|kring)|kom\w*\söverens\som|väljer?|välja|valet|valt|valde|vald\w*|föredra\w*|rekommender\w*|föreslå\w*|förordar?|lutar?\såt|utgå\w*\si?från|(?:börja[rt]?|starta[rt]?|satsa\w*|köra?|kört|gå|går(?=\s(?:vi|jag|man)\b)|gått)\s(?:\w+\s){0,3}?(?:med|på|för)|(?:vi|jag|man|bör|skulle|ska|att)\s(?:(?!den\b|det\b|de\b)\w+\s)?(?:ta|tar|säga|säger|använd\w*|kör\w*|använt)\b|hellre(?!\sän)|rather(?=\s\d)"
    r"|(?:tar|använder|kör)\s(?:vi|jag|man)|svar(?:et)?(?=\s?(?::|=|är|blir))|slutsats(?=\s?[:=]))(?!\w)",
    re.I,
)
BEST: Final = re.compile(
    r"\b(?:best|optimal\w*|optimum|ideal\w*|winner|wins?|winning|won|sweet\s?spot|trade-?\s?off|compromise|balanced?|golden\smean|middle\sground|ftw|perfect|suits?|preferable|the\sway\sto\sgo|(?:has|had|combines|har)\s(?:both|båda)(?=\W*$)|(?:delivers?|offers?|gives?|provides?|meets?|manages?|fulfill?s|satisfies|ger|uppfyller|klarar)\s(?:us\s|you\s|oss\s)?(?:both|båda(?:\sdelarna)?|bägge)|just\sright|(?:come|comes|came)\sout\son\stop|(?:is|are)\son\stop|most\sfor\sthe\smoney|mest\sför\spengarna|spot\son|the\sone\sto|(?:is|was|would\sbe)\sthe\sone(?=\s?(?:$|[.!,;:)]))|right\s(?:choice|size|one|pick)"
    r"|(?:my|our)\s(?:\w+\s)?(?:starting\spoint|first\schoice|favou?rite)|(?:top|clear|obvious|natural|good|great|reasonable|sensible|safe|solid|fine)\s(?:choice|start\w*|option|pick|candidate|place|size)|most\s(?:suitable|efficient|reasonable|appropriate|sensible|balanced|effective|useful|practical|attractive|worth\w*|bang)"
    r"|bäst\w*|(?:rimlig|lämplig|vettig|smart|klok|förnuftig|praktisk|effektiv)ast(?:e|\w)?|optimala?t?|ideal\w*|vinner|vinnare\w*|vann|kompromiss\w*|avvägning\w*|balans\w*|lagom|perfekt\w*|lämplig\w*|mest\s(?:lämplig|effektiv|rimlig|balanserad|prisvärd)\w*|(?:bra|rimligt?|naturligt?|självklart?)\s(?:val|start\w*|alternativ|utgångspunkt))(?!\w)",
    re.I,
)
PRAISE: Final = re.compile(
    r"\b(?:better|beats?|outperforms?|outdoes|surpass(?:es)?|slår|överträffar|good|great|nice|excellent|fine|superior|suitable|reasonable|bättre|bra|utmärkt\w*|fin|use|using|used|använd\w*|enough|nog|räcker|suffic\w*)(?!\w)",
    re.I,
)
REJECT: Final = re.compile(
    r"\b(?:worst|bad|poor\w*|terribl\w*|useless|unusable|horribl\w*|awful|unwise|wast(?:e|es|ing|eful)|mistake|pointless|avoid\w*|rul\w*\sout|(?:is|are)\sout\b|drop\sout|stupid|silly|unsuitable|unacceptable|impractical|unreasonabl\w*|too\s\w+|disappoint\w*|exclud\w+|discard\w*|dismiss\w*|eliminat\w*|reject\w*|forget"
    r"|sämst\w*|dålig\w*|olämplig\w*|slöseri|dumt|meningslös\w*|onödig\w*|oanvändbar\w*|värdelös\w*|orimlig\w*|undvik\w*|utesl[uöu]\w*|(?:valde|väljer|välja|sållade?|räknade?)\s(?:\w+\s){0,2}?bort|strök|faller\sbort|för\s(?:långsam|låg|liten|stor|lång|hög|snabb|kort|dålig)\w*)(?!\w)",
    re.I,
)
RANK: Final = re.compile(  # a place that is not the first
    r"\b(?:runners?-?\s?up|second|third|loser|last|next|(?:2|3|4|5)(?:nd|rd|th|:a|:e)|tvåa|trea|andra|tredje|förlorare|näst|sist)\b",
    re.I,
)
FIRST_PLACE: Final = re.compile(
    r"1st|1:a|first(?:\splace)?|(?:no\.?|number|nr|nummer|#)\s?(?:1|one|ett)|etta|förstaplats|första\splats",
    re.I,
)
RANK_BEFORE: Final = re.compile(r"\b(?:second|third|next|näst|2nd|3rd|andra|tredje)[\s-]$", re.I)
"""What makes of the best one that is not: "second best"."""
UNWISE: Final = re.compile(  # of choosing itself: "it would be unwise to choose"
    r"\b(?:unwise|wast(?:e|es|ing|eful)|mistake|bad\s(?:idea|choice)|pointless|no\s(?:point|reason|need)|stupid|silly|foolish|slöseri|dumt|oklokt|meningslös\w*|onödig\w*|misstag)\b",
    re.I,
)
PER_COST: Final = re.compile(
    r"\b(?:most|best|highest|mest|bäst\w*|högst\w*)\s(?:\w+\s){1,3}?(?:for|per|given|relative\sto|divided\sby|compared\s(?:to|with)|för|i\sförhållande|jämfört\smed|med\stanke\spå|på|vs\.?|versus|/)",
    re.I,
)
CONCLUDES: Final = re.compile(
    r"\W*(?:(?:and|och|but|men)\s)?(?:so|hence|therefore|thus|consequently|overall|altogether|all\sin\sall|in\sconclusion|to\sconclude|in\sshort|finally|we\s(?:can\s)?(?:therefore\s)?conclude|(?:because|as\sa\sresult|in\sview)\sof\s(?:this|that|these)|based\son|this\sis\swhy|that(?:'s|\sis)\swhy"
    r"|därför|alltså|således|slutsats\w*|sammanfattningsvis|slutligen|så|baserat\spå|utifrån|with\sthis\sin\smind|->|=>|→|⇒|normally|in\sgeneral|generally|i\sallmänhet|normalt)(?!\w)",
    re.I,
)
REASON: Final = re.compile(
    r"\W*(?:(?:simply|mainly|mostly|just|only|partly|precisely|främst|bara|helt\senkelt|just|mest)\s)?(?:because|since|as|due\sto|for(?!\s(?:a|the)\s(?:final|quick|first))|given|thanks\sto|with|given|considering|in\sorder|so\sthat|eftersom|då|för|ty|tack\svare|på\sgrund|med\stanke|med(?=\s)|giving|trading|losing|sacrificing|being|having|where|it(?:'s)?|which|där|den|det|som|:|-|–|—|\()(?!\w)",
    re.I,
)
REFERS_BACK: Final = re.compile(
    r"\b(?:that|it|this|which|there|here|its|the\s(?:former|latter|one)|den|det|denna|vilket|där|som|detta)\b",
    re.I,
)
PAIRED: Final = re.compile(
    r"\b(?:or|and|between|either|both|eller|och|mellan|antingen|båda)\b|\d\s?[-–/]\s?\d", re.I
)
LATER: Final = re.compile(
    r"\b(?:later|afterwards|after\sthat|then\swe|in\sthe\send(?!,?\s(?:we|i|our|my)\b)|(?:given|with)\s(?:enough|more|plenty\sof|unlimited|all\sthe)\stime|med\s(?:mer|obegränsat|gott\som)\stid|final\straining|fine-?tun\w*|longer\sruns?|at\sthe\send|sedan|senare|därefter|efteråt|slutliga)\b",
    re.I,
)
DISAGREES: Final = re.compile(
    r"\b(?:disagree|don't\sthink\sso|do\snot\sthink\sso|håller\sinte\smed|tycker\sinte\sdet)\b", re.I
)
FILLER: Final = (
    r"\b(?:CALLED|of|a|an|the|so|hence|therefore|thus|then|but|and|or|it|is|be|images?|bilder|ok|okay|yes|well|we|i|think|believe|vi|jag|tycker|tror|anser|hmm|answer|about|around|approximately|roughly|say|just|simply|clearly|i\.e|namely"
    r"|på|en|ett|så|därför|alltså|utan|men|och|blir|är|det|cirka|ungefär|kring|omkring|svar|size=|instead|istället|stället|i|rather|otherwise|else|now|at|with|for|by|using|med|för|vid|på|definitely|probably|normally|or\sso)\b"
)
"""What may stand beside an option in a clause that says no more; ``CALLED`` is what an option is called."""
