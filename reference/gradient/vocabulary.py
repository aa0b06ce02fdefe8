"""Question 1 in words: which words of English and Swedish name the loss, the parameters, the data, ... and which relate them."""

from __future__ import annotations

import re
from collections.abc import Mapping
from enum import StrEnum
from typing import Final

from grader.model import Value
from reference.gradient.role_names import Role


class GradientWordKind(StrEnum):
    """What a word does in an answer."""

    MENTION = "mention"
    DERIVATIVE = "derivative"  # the gradient, to differentiate, ∇: what it is of comes next
    DERIVED = "derived"  # is differentiated: what it is of stood before
    REGARD = "regard"  # with respect to
    FIRST = "first"
    SECOND = "second"
    CHANGES = "changes"
    AFFECTS = "affects"
    LOOSELY = "loosely"  # about, over, by: with respect to, where a derivative and both sides stand there
    BLANK = "blank"  # the question marks themselves


class GradientWord(Value, frozen=True):
    """One word or phrase that counts, with its place; a mention has a `role`."""

    kind: GradientWordKind
    start: int
    end: int
    role: Role = Role.UNKNOWN
    text: str = ""


_MODEL: Final = (
    r"(?:(?:linear\s|linjära\s|regression\s|our\s|the\s|vår\s)?(?:model|modell)(?:['’]?s|ens|en)?)"
)
_OF_MODEL: Final = rf"(?:\s(?:of|in|for|i|för|till|på|av)\s{_MODEL})?"
_PARAMETERS: Final = (
    rf"(?:{_MODEL}\s)?(?:the\s)?(?:trainable\s|learnable\s|model\s)?"
    r"(?:(?:input\s|two\s|own\s|all\s)?[\w-]{0,24}?(?:parameters?|params?|parametrar(?:na)?s?|parametern)|weights?(?:\s(?:and|&)\s(?:the\s)?bias(?:es)?)?"
    r"|vikt(?:er)?(?:na)?|coefficients?|koefficient(?:er)?(?:na)?|theta|θ"
    r"|(?:the\s)?intercept\s(?:and|och|&)\s(?:the\s)?slope|(?:the\s)?slope\s(?:and|och|&)\s(?:the\s)?intercept"
    r"|modellparametrar(?:na)?|modellparametern)"
    rf"{_OF_MODEL}"
)
_LOSS: Final = (
    r"(?:(?:training|total|current|squared|mean\ssquared|träning(?:s)?)[\s_-]?)?"
    r"(?:loss(?:en|es)?|[a-zåäö-]{0,20}?förlust(?:en|s|er)?|kostnad(?:en|s)?|cost|errors?|fel(?:et|en)?|mse|objective)"
    rf"(?:[\s_-]?(?:funktion(?:en)?s?|function|values?|värdet?))?{_OF_MODEL}"
)
_MENTIONS: Final = (
    (Role.LOSS_FUNCTION, r"training_loss(?!\s?\()|loss_(?:fn|func|function)"),
    (Role.LOSS, r"training_loss\s?\(\s?\w+\s?\)"),
    (Role.DATA, r"examples?_[xy]|test_[xy]|(?:the\s)?(?:training|test)[\s_-]?(?:data|set|examples?)|tränings?(?:data|exempl)\w*"
                r"|(?:input|indata|data|datan|exempel|exemplen|inputs|labels?|etiketter(?:na)?)(?![\s-]param)|(?:x|y)(?:[-\s]?(?:values?|värden(?:a)?))?"),
    (Role.PARAMETERS, _PARAMETERS),
    (Role.LOSS, _LOSS),
    (Role.PREDICTION, r"predictions?|prediktion(?:en|er|erna)?|outputs?|utdata"),
    (Role.PART, r"slope|intercept|lutning(?:en)?|skärning(?:en)?"),
    (Role.MODEL, rf"(?:the\s)?{_MODEL}|(?:neural\s)?network|nätverk(?:et)?"),
)  # fmt: skip
_RELATIONS: Final = (
    (
        GradientWordKind.REGARD,
        r"with\s(?:regards?|respect|resp\.?)\s(?:to|of|for)|in\s(?:regards?|respect|relation)\s(?:to|of)|(?:as\s)?respect\sto|w\.?\s?r\.?\s?t\.?|regarding"
        r"|relative\sto|as\sa\sfunction\sof|in\sterms\sof|med\s(?:avseende|hänsyn|respekt|tanke)\s(?:på|till|av)|m\.?\s?a\.?\s?p\.?(?:\spå)?"
        r"|i\s(?:förhållande|relation)\still",
    ),
    (
        GradientWordKind.LOOSELY,
        r"about|over|by|against|concerning|towards?|on|över|efter|kring|beträffande|angående|mot|for",
    ),
    (
        GradientWordKind.DERIVED,
        r"(?:is|are|be|being|gets?|was|blir|är)\s(?:partially\s)?(?:differentiated|derived|derivated|deriverad|derivat)|deriveras|differentieras",
    ),
    (
        GradientWordKind.DERIVATIVE,
        r"gradients?|gradienten|gradienter(?:na)?|(?:partial\s)?derivatives?|(?:partial)?derivata(?:n|s)?|(?:partial)?derivator(?:na)?"
        r"|differentiat(?:e|es|ing)|differentiera[r]?|deriv(?:e|ate|ates|ing)|derivera[r]?|∇|nabla",
    ),
    (GradientWordKind.FIRST, r"first|1st|först|första|ettan|targets?|node|noden|nod|numerator|täljaren?"),
    (
        GradientWordKind.SECOND,
        r"second|2nd|andra|sources?|variable|variabel(?:n)?|denominator|nämnaren?|then|sedan|last|sist",
    ),
    (GradientWordKind.AFFECTS, r"affects?|influences?|impacts?|påverkar|inverkar\spå"),
    (
        GradientWordKind.CHANGES,
        r"chang(?:e[sd]?|ing)|var(?:y|ies)|moves?|reacts?|ändras|förändras|varierar|påverkas|beror|depends",
    ),
)

_ALTERNATIVES: Final = [
    *((f"m{number}", pattern) for number, (_, pattern) in enumerate(_MENTIONS)),
    *((f"r{number}", pattern) for number, (_, pattern) in enumerate(_RELATIONS)),
]
_WORDS: Final = re.compile(
    "|".join(f"(?P<{name}>(?<![\\w.])(?:{pattern})(?!\\w))" for name, pattern in _ALTERNATIVES)
    + r"|(?P<blank>\?{2,6}|_{3,9})",
    re.I,
)
_ABBREVIATED: Final[Mapping[str, Role]] = {
    **dict.fromkeys(("l", "j", "loss", "cost", "e", "c"), Role.LOSS),
    **dict.fromkeys(("p", "θ", "theta", "w", "β", "beta", "params", "parameters", "param"), Role.PARAMETERS),
    **dict.fromkeys(("x", "y", "data", "examples_x"), Role.DATA),
}


def gradient_words(text: str) -> list[GradientWord]:
    """All words that count, in order."""
    found = []
    for match in _WORDS.finditer(text):
        name = match.lastgroup or ""
        if name == "blank":
            found.append(GradientWord(GradientWordKind.BLANK, *match.span(), text=match[0]))
            continue
        number = int(name[1:])
        if name[0] == "m":
            found.append(
                GradientWord(GradientWordKind.MENTION, *match.span(), _MENTIONS[number][0], match[0])
            )
        else:
            found.append(GradientWord(_RELATIONS[number][0], *match.span(), text=match[0]))
    return found


def abbreviated(symbol: str) -> Role:
    """What a symbol of a formula stands for (``L``, ``θ``, a word)."""
    bare = symbol.strip().casefold()
    if bare in _ABBREVIATED:
        return _ABBREVIATED[bare]
    for role, pattern in _MENTIONS:
        if re.fullmatch(pattern, bare, re.I):
            return role
    return Role.UNKNOWN
