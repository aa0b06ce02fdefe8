"""Swedish that was typed on a keyboard without å, ä and ö: the common words get theirs back, letter for letter.

Only where the whole text has none of the three and several words of Swedish, and only words that are no others.
The length of a text stays as it is, so that places in it stay true.
"""

from __future__ import annotations

import re
from typing import Final

_DOTTED: Final = re.compile(r"[åäöÅÄÖ]")
_FUNCTION_WORDS: Final = re.compile(
    r"\b(?:och|att|eftersom|inte|vi|jag|som|med|av|till|det|den|har|om|men|nar|ar|pa|for)\b", re.I
)
_ENOUGH: Final = 4  # of them, different ones, from which a text is Swedish
_SWEDISH: Final = (
    "alltså bäst bästa bättre både börja började börjar där däremot därför därifrån då dålig dåliga dåligt fjärdedel fråga frågan från "
    "få får för förbättras före föredrar föreslår förlora förlorar förlust förstås försämras gång gånger går gör hälften här härifrån "
    "håll håller hög höga högre högst högsta högt jämför jämföra jämförelse jämfört kör körde körning körningar körningen körtid "
    "körtiden lägre lägst lägsta längre längst längsta lätt låg låga lågt lång långa långsam långsamma långsammare långsammast "
    "långsammaste långsamt långt mängd mängden mäta mätt mätte många måste mått när näst nästan någon något några också på påverkar "
    "räcker räckte rätt självklart små större störst största svårt säger sämre sämst sämsta särskilt sätt sätta så sådan således "
    "tjugoåtta träffsäkerhet träffsäkerheten träning träningar träningen träningsdata träningsdatan träningsmängd träningsmängden "
    "träningsnoggrannhet träningsnoggrannheten träningstid träningstiden träningstider två tänka tänker ungefär väl välja väljer vänta "
    "väntan väntetid värd värt än ännu är även år åt åtminstone åtta åttio öka ökade ökar över övriga "
)
_BARE: Final = str.maketrans("åäöÅÄÖ", "aaoAAO")
_FORMS: Final = {bare: word for word in _SWEDISH.split() if (bare := word.translate(_BARE)) != word}
_WORD: Final = re.compile(r"[A-Za-z]+")


def with_dots(text: str) -> str:
    """The text with the dots and rings that its author could not type; unchanged where it is not such a text."""
    if _DOTTED.search(text) or len({word.lower() for word in _FUNCTION_WORDS.findall(text)}) < _ENOUGH:
        return text
    return _WORD.sub(_dotted, text)


def _dotted(word: re.Match[str]) -> str:
    form = _FORMS.get(word[0].lower())
    if form is None:
        return word[0]
    return (
        form
        if word[0].islower()
        else form.upper()
        if word[0].isupper() and len(form) > 1
        else form.capitalize()
    )
