"""How the answers are looked at: one function a check, named in assignment.toml.

A function gets an `Answer` and returns a `Finding`: passed, partial, failed (with the passage that shows it), missing, or
review, where a person must look. No right answer may fail: what is in doubt is for review.
"""

from grader.checks import Answer, Finding, failed, missing, passed, review
from grader.checks.arithmetic import read_chains
from grader.checks.choice import read_choice
from grader.checks.equations import Step
from grader.checks.option_mentions import Options

MINUTES = 6 * 7


def time(answer: Answer) -> Finding:
    """The working, and what it comes to."""
    for block in answer.elsewhere or answer.everything:
        for chain in read_chains(block.text):
            shown = [block.evidence(chain.text)]
            if chain.doubtful:
                return review(
                    "Your working will be read by a person.", shown, staff="Signs may be lost here."
                )
            if Step.FALSE in chain.steps():
                return failed("The two sides of this equals sign are not the same.", shown)
            if any(side.has_working and side.value == MINUTES for side in chain.sides):
                return passed("The working is right.", shown)
            return failed("The working comes to something else. What does one tray take?", shown)
    return missing("No working was found.")


def order(answer: Answer) -> Finding:
    """One of the two ways is chosen."""
    ways = Options(("one after the other", "all at once"), called="ways?|order")
    for block in answer.elsewhere or answer.everything:
        choice = read_choice(block.text, ways, asked=False)
        if choice.options:
            return passed("You chose a way.", [block.evidence(choice.sentence)])
    return missing("No choice between the two ways was found.")
