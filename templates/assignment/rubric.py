"""How the answers are looked at: one function a check, named in assignment.toml.

A function gets an `Answer` and returns a `Finding`: passed, partial, failed (with the passage that shows it), missing, or
review, where a person must look. No right answer may fail: what is in doubt is for review.
"""

from grader.checks import Answer, Finding, missing, passed
from grader.checks.choice import read_choice
from grader.checks.option_mentions import Options


def order(answer: Answer) -> Finding:
    """One of the two ways is chosen."""
    ways = Options(("one after the other", "all at once"), called="ways?|order")
    for block in answer.elsewhere or answer.everything:
        choice = read_choice(block.text, ways, asked=False)
        if choice.options:
            return passed("You chose a way.", [block.evidence(choice.sentence)])
    return missing("No choice between the two ways was found.")
