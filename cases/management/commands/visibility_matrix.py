import yaml

from cases.rules.visibility import CONTENTS, Relation, relations, sees
from hopecare.kernel.papers import PaperCommand, table
from hopecare.kernel.services.city import DATA

NAMES = {
    "lead": "leads the case",
    "team": "works in the team",
    "organisation": "the organisation provides",
    "exception": "granted with earlier notes, standing in, danger to life",
    "let_in": "granted without earlier notes, those from before that day",
    "none": "none of these",
    "locked": "team, but own kin or a conflict",
    "sealed": "team, but the person is sealed",
    "city_official": "a case of the city: an official in its team, no ground",
    "city_danger": "a case of the city: a private colleague in its team, danger to life",
    "city_colleague": "a case of the city: a private colleague in its team",
}
WORDS = {
    "": "no ground",
    "consent": "consent",
    "public_duty": "a public duty",
    "law": "a law",
    "urgent": "urgency",
    "expired": "a consent that ran out",
    "withdrawn": "a consent taken back",
    "refused": "a no",
}


class Command(PaperCommand):
    help = "docs/visibility_matrix.md: role × relation × agreement × ground × content."
    paper = "visibility_matrix"

    def text(self) -> str:
        roles = yaml.safe_load((DATA / "roles.yaml").read_text())
        names = [f"{entry['name_en']}<br>{entry['name_ko']}" for entry in roles.values()]
        rows = [
            [_name(relation), *(_cell(entry["may"], relation) for entry in roles.values())] for relation in relations()
        ]
        key = " · ".join(f"`{letter}` {name.replace('_', ' ')}" for name, letter in CONTENTS.items())
        return (
            "# Who sees what of a case\n\n"
            "Rows: how somebody stands to the case; an organisation that takes part stands there with the level of\n"
            "its agreement, the person's consent, and a separate consent for health. A public duty, a law or urgency\n"
            "carries between private organisations as a consent does; out of the city's hands nothing but a consent,\n"
            "and for health nothing but one of its own. What is about another adult waits for that adult's own\n"
            "word, for a private colleague in a team of the city's case as well; a child goes by the main person,\n"
            "unless a no of its own stands beside it. Columns: roles.\n"
            "A test opens every cell through both walls (`tests/cases/test_visibility_matrix.py`).\n\n"
            f"{key}\n\n"
            "Small letters are sections that rows belong to. A sealed person's case keeps its number alone.\n\n"
            + table(["relation", *names], rows)
        )


def _name(relation: Relation) -> str:
    return f"{_standing(relation)}{_whose(relation)}"


def _whose(relation: Relation) -> str:
    if not relation.whose or relation.name not in {"partner", "city_colleague"}:
        return {"": "", "adult": "; about another adult", "child": "; about a child"}[relation.whose]
    health = f", for health {WORDS[relation.own_health]}" if relation.own_health else ""
    who = {"adult": "another adult", "child": "a child"}[relation.whose]
    return f"; about {who} (their own: {WORDS[relation.own]}{health})"


def _standing(relation: Relation) -> str:
    if relation.name == "city_colleague":
        return f"{NAMES[relation.name]}, {WORDS[relation.ground]}"
    if relation.name != "partner":
        return NAMES[relation.name]
    whose = "a private organisation in a case of the city" if relation.public else "takes part"
    health = {"": "", "consent": " and health"}.get(relation.health, f", for health {WORDS[relation.health]}")
    return f"{whose}, level {relation.level}, {WORDS[relation.ground]}{health}"


def _cell(may: list[str], relation: Relation) -> str:
    return "".join(letter for content, letter in CONTENTS.items() if sees(may, relation, content))
