"""The check of the two lines of code: which tensor is told to go back, and that nothing else is."""

from grader.checks import Answer, Finding, failed, missing, passed, review
from grader.checks.code import find_calls
from grader.checks.toolkit.places import possible_blocks

LOSSES = ("loss", "cost", "l", "L", "mse")


def backward(answer: Answer) -> Finding:
    """``loss.backward()``, with no argument that would scale the gradient."""
    calls = [
        (block, call)
        for block in possible_blocks(answer)
        for call in find_calls(block.text, "backward")
        if not call.commented
    ]
    if not calls:
        return missing("No call that computes gradients was found.")
    block, call = calls[-1]
    shown = [block.evidence(call.text)]
    if len({one.receiver for _, one in calls}) > 1 or call.arguments or call.keywords:
        return review("A person will look at your code.", shown, staff="Several tensors, or an argument.")
    if call.receiver in LOSSES:
        return passed("The right tensor is told to go back.", shown)
    return failed(f"Is `{call.receiver}` what training wants to make small?", shown)
