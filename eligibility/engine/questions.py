"""The one next question: which unknown, once answered, settles most programmes that are still possible."""

import numpy as np

from eligibility import programmes
from eligibility.engine.completions import Completions
from eligibility.engine.judge import Judge


def by_power(judge: Judge, programme: str | None = None) -> list[str]:
    """Inputs that could settle something, the strongest first: of one programme, or of all that are possible."""
    done = judge.done
    asked = [judge.judged[programme]] if programme else list(judge.judged.values())
    groups = [list(judged.open_columns) for judged in asked if judged.open_columns]
    if not groups:
        return []
    scores = _scores(done, groups)
    sways = np.asarray([[done.swayed[:, group].any(axis=1)] for group in groups]).sum(axis=(0, 1))
    paths = [entry.path for entry in done.frame.unknown]
    moving = [place for place in range(len(paths)) if sways[place]]
    return [paths[place] for place in sorted(moving, key=lambda p: (-scores[p], -sways[p], programmes.power(paths[p])))]


def _scores(done: Completions, groups: list[list[int]]) -> np.ndarray:
    """Mean number of groups of open criteria that an answer to each unknown settles."""
    settled = np.zeros(len(done.frame.unknown))
    by_words = np.asarray([not entry.is_number for entry in done.frame.unknown])
    rows: dict[tuple[int, int, bool], int] = {
        (trial.unknown, trial.value, trial.harsh): copy for copy, trial in enumerate(done.trials, start=2)
    }
    swaying_words = done.swayed[by_words].sum(axis=0)
    for place, entry in enumerate(done.frame.unknown):
        others = swaying_words - (done.swayed[place] if by_words[place] else 0)
        for value in range(len(entry.values)):
            mild = done.met[rows.get((place, value, False), 0)]
            harsh = done.met[rows.get((place, value, True), 1)]
            decided = (mild == harsh) & (others == 0)
            no = decided & ~mild
            settled[place] += sum(bool(no[group].any() or decided[group].all()) for group in groups) / len(entry.values)
    return settled
