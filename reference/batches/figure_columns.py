"""What the columns of question 3's figures are called, in English and Swedish, and the columns that are none of them."""

from __future__ import annotations

from typing import Final

from grader.checks.record_types import Column, Measure, Table
from reference.lab.batch_sizes import BATCH_SIZES, IMAGES

_UNSEEN: Final = r"(?:\btest(?:s|ing)?|test(?:set|data|mängd|nogg|träff|prec|acc|bild)\w*|\bval(?:id\w{0,8})?(?=\b|acc)|\beval\w*|held.?out|unseen|\bosedd\w*)\b(?!\W{0,3}\d)"
_SHARE_WORD: Final = r"\bacc?(?:s?\b|u\w{0,6}(?:cy|cies|cys)\b)|\w{3}acc\b|accuracy|nogg|träff|precision|korrekt|\bcorrect|\brätt\b|\bright\b"
_TIME_WORD: Final = (
    r"\btimes?\b|time$|\w{3}time\b|\btid(?:en|er|erna|s)?\b|\w{3}(?:tid|tiden|tider|tiderna)\b|\bsec|\bsek|[(\[]\s?s\s?[)\]]|^s$|^t$|\bt\s?/\s?s\b|Δ\s?t\b|delta\W?t\b|"
    r"duration|\bspeed\b|\btook\b|\btog\b|lasted|varade|\bran\s(?:for|in)\b|\btakes\b|\btar\b|runtime|minut|[(\[]min[)\]]|\bms\b|elapsed|wall"
)
_SURELY_UNSEEN: Final = r"\btest\W?(?:set|data|mängd|images|bilder|acc|nogg|prec|träff)|\bval(?:id\w*)?\b"
TABLE: Final = Table(
    key_heading=r"batch|\bsize|storlek|\bbs\b|^\W*b\W*$|\bba?tch|\bbach",
    keys=BATCH_SIZES,
    key_names=(
        (
            IMAGES,
            r"^\W*(?:full|all|whole|entire|everything|alla|allt|hela)\W*$|\bfull[\s-]?batch\b|\b(?:the\s)?(?:whole|entire|full|complete)\s(?:training\s)?(?:data\s?)?set\b|\ball\s(?:the\s)?(?:training\s)?(?:images|samples|examples|data)\b|\bhela\s(?:tränings)?(?:datamängden|datasetet|mängden|setet)\b|\balla\s(?:tränings)?(?:bilder|exempel)(?:na)?\b",
        ),
    ),
    counted=r"(?:training\s)?(?:epo|step|steg|image|bild|class|klass|layer|lager|neuron|unit|times\b|gång|run\b|runs\b|samples?\b(?!\s(?:per|in|i)\b)|examples?\b(?!\s(?:per|in|i)\b)|percent|procent|parameter|weights|digits|decimal|point|st\b|core|kärn|gb\b|update|uppdat|iteration)",
    columns=(
        Column(
            "both",
            r"train\w*(?:\s\w+)?\s?(?:/|and|&|och|\+)\s?(?:test|val)|(?:test|val)\w*(?:\s\w+)?\s?(?:/|and|&|och|\+)\s?tr[aä]i?n\w*\b(?<!tid)(?<!tider)(?!\W{0,2}(?:time|tid))",
            Measure.ANYTHING,
            required=False,
        ),
        Column(
            "rate",
            rf"(?:{_SHARE_WORD}|%|score)[\w().\s]{{0,14}}(?:/|÷|\bper\b|\bover\b|\bdivided\sby\b|\bdelat\b|\bgenom\b)\s?(?:\w{{1,9}}\s)?(?:time|s\b|sec|tid|sek|min)|(?:time|tid)\w*\s?(?:/|per|÷)\s?(?:acc|nogg|%)|efficien|effektiv|\bratio|\bkvot|speed.?up|(?:images|samples|bilder|steps|it|batches)\s?(?:/|per)\s?s|throughput|\bgain|\bdiff(?:erences?)?\b|ökning|\bchange|förändr|\bdelta\b(?!\W{0, 2}(?:t|time|tid)\b)|[Δ±](?!\s?(?:t|time|tid)\b)|skillnad|improvement|förbättring|relative|relativ",
            Measure.ANYTHING,
            required=False,
        ),
        Column(
            "compared",
            r"\b(?:faster|slower|quicker|better|worse|snabbare|långsammare|bättre|sämre|kortare|shorter|longer|längre)\b|\b(?:points|procentenhet\w*)\b|\b(?:more|less|higher|lower|mer|mindre|högre|lägre)\b(?!\s(?:than|än)\s*$)",
            Measure.ANYTHING,
            required=False,
        ),
        Column("loss", r"loss|förlust|kostnad|\bcost\b|entrop", Measure.NUMBER, required=False),
        Column(
            "error",
            r"\berror|\bfel(?:et|kvot|frekvens|aktig\w*)?\b|misclass|\bwrong",
            Measure.NUMBER,
            required=False,
        ),
        Column("log", r"\blog(?:10|2|e|_)?\b|\bln\b", Measure.NUMBER, required=False),
        Column("lr", r"\blr\b|learning\s?rate|inlärning", Measure.NUMBER, required=False),
        Column("test", _UNSEEN, Measure.SHARE, required=False, surest=_SURELY_UNSEEN),
        Column(
            "per_sample",
            r"per[\s_-]*(?:sample|step|image|bild|steg|exempel|iteration|update|uppdatering|(?:mini.?)?batch(?!\W{0,2}(?:size|storlek)))|/\s?(?:sample|step|image|bild|steg|batch(?!\W?size)|it\b)|(?:step|batch)\stime",
            Measure.DURATION,
            required=False,
        ),
        Column(
            "other_time",
            rf"{_UNSEEN}|compil|kompiler|\bload|laddning|set.?up|predict|prediktion|warm.?up|overhead|wait|väntetid|import\w*",
            Measure.DURATION,
            required=False,
            surest=r"(?:test|eval\w*|compil\w*|predict\w*)\W{0,3}(?:time|tid)|(?:time|tid)\w*\s(?:to|for|för|att)\s(?:test|eval|compil|predict)",
        ),
        Column(
            "count",
            r"^\W*(?:number\sof|no\.?\sof|antal|#|nr\.?)?\W*(?:(?:gradient|training|weight)\s)?(?:epochs?|epok(?:er)?|steps?|steg|updates?|uppdatering(?:ar)?|iterations?|iteration(?:er)?|batches|batchar|samples|images|bilder|parameters)\W*(?:\(.{0,20}\))?(?:per\sepo\w*)?\W*$",
            Measure.NUMBER,
            required=False,
        ),
        Column(
            "number",
            r"^\W*(?:#|no\.?|nr\.?|run|index|id|test|test\s?nr\.?|försök|körning|rank|row|rad|exp(?:eriment)?\.?|trial|seed|gpus?|cpus?|std\.?|stdev|±)\W*$",
            Measure.NUMBER,
            required=False,
        ),
        Column(
            "accuracy",
            _SHARE_WORD,
            Measure.SHARE,
            surest=r"\btr[aä](?:in|n)|\btr\.?\b|mean|average|medel|snitt",
        ),
        Column(
            "seconds",
            _TIME_WORD,
            Measure.DURATION,
            surest=r"\btr[aä](?:in|n)|total|mean|average|medel|snitt|\bfit\b",
        ),
    ),
)
