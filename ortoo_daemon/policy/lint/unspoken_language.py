"""A required language is one that nobody speaks whom the rule could choose.

The languages are the values of the picklist that the rule reads. A hint: such records go to the rule's
`else`.

PASS::

    directory:
      people: [{id: 005000000000001AAA, name: Ana, role: desk_lead, languages: [fr, de]}]

    assign: {team: {role: desk_lead, skills: {required: [{language: Language__c}]}}}

FAIL (Language__c lists fr and de)::

    directory:
      people: [{id: 005000000000001AAA, name: Ana, role: desk_lead, languages: [fr]}]

    assign: {team: {role: desk_lead, skills: {required: [{language: Language__c}]}}}
    → nobody whom the rule 'one' can choose speaks 'de', which Language__c lists (make it a wish, or
    … write an else for it)
"""

from collections.abc import Iterator

from ortoo_daemon.errors import Level, Problem
from ortoo_daemon.policy.lint.sites import choosing_rules, posts_of
from ortoo_daemon.policy.lint.subject import Need, Subject

ID = "unspoken_language"
NEEDS = (Need.ORG, Need.DIRECTORY)
MAY_BE_ALLOWED = True


def check(subject: Subject) -> Iterator[Problem]:
    org, directory = subject.description, subject.directory
    if org is None or directory is None:
        return
    for policy in subject.policies.policies:
        for rule in choosing_rules(policy):
            team = rule.assign.team
            fields = [w.language_field for w in team.required if w.language_field] if team else []
            if team is None or not fields:
                continue
            people = [each for post in posts_of(subject, directory, rule) for each in post.people]
            spoken = {_primary(language) for each in people for language in each.languages}
            for name in fields:
                described = org.resolve(policy.object, name)
                for value in described.values if described is not None and people else ():
                    if _primary(value) not in spoken:
                        yield Problem(
                            place=team.place,
                            rule=ID,
                            message=f"nobody whom the rule {rule.name!r} can choose speaks "
                            f"{value!r}, which {name} lists",
                            mend="make it a wish, or write an else for it",
                            level=Level.HINT,
                        )


def _primary(language: str) -> str:
    """The language without its country, as teams compare it."""
    return language.strip().replace("_", "-").partition("-")[0].casefold()
