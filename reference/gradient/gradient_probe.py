from enum import StrEnum
class ProbeOutcome(StrEnum):
    AGREES="agrees"
def probe_answer(a,c,r): raise NotImplementedError
