"""Sentences of flags in both languages: they say what the golden case holds."""

import pytest

from tests.indicator_cases import AS_OF, CASES, load
from transforms.flags.sentences import DutchFormatter
from transforms.model.indicator import indicators


@pytest.mark.sample(10)
@pytest.mark.parametrize(
    ("case", "subject_id", "english", "dutch"),
    [
        (
            "PUB-190/hit_the_same_invoice_however_written",
            "GB-COH-2",
            "X is to be paid 1,215.40 GBP more than once for invoice 12 and INV-0012",
            "X krijgt 1.215,40 GBP meer dan eens betaald voor factuur 12 en INV-0012",
        ),
        (
            "PUB-020/hit_on_the_boundaries",
            "GB-COH-1",
            "X was paid 150.50 GBP in 2 lines after it was dissolved on 2026-02-10, last on 2026-03-11.",
            "X kreeg 150,50 GBP betaald, in 2 regels, na haar ontbinding op 10 februari 2026, "
            "het laatst op 11 maart 2026.",
        ),
        (
            "PUB-020/hit_on_the_boundaries",
            "GB-COH-3",
            "X is to be paid, or was paid, 1,200 GBP in 2 lines before it was incorporated, "
            "last on 2026-02-09.",
            "X krijgt of kreeg 1.200 GBP betaald, in 2 regels, vóór haar oprichting, "
            "het laatst op 9 februari 2026.",
        ),
        (
            "PUB-020/hit_on_the_boundaries",
            "GB-COH-6",
            "X is to be paid 70 GBP in 1 line after it was dissolved on 2026-02-10, last on 2026-06-04.",
            "X krijgt 70 GBP betaald, in 1 regel, na haar ontbinding op 10 februari 2026, "
            "het laatst op 4 juni 2026.",
        ),
        (
            "PUB-020/hit_covered_by_dormant_accounts",
            "GB-COH-1",
            "X was paid 150.50 GBP in 2 lines within the twelve months of its dormant accounts to "
            "2025-12-31, last on 2025-12-31.",
            "X kreeg 150,50 GBP betaald, in 2 regels, in de twaalf maanden van haar slapende jaarrekening, "
            "tot en met 31 december 2025, het laatst op 31 december 2025.",
        ),
        (
            "LIF-030/hit_paid_while_dormant",
            "A",
            "X files dormant accounts and was paid 1,200.50 GBP in 2 lines within the twelve months of its "
            "accounts to 2025-12-31, last on 2025-12-31.",
            "X deponeert een jaarrekening van een slapende vennootschap en kreeg 1.200,50 GBP betaald, in 2 "
            "regels, in de twaalf maanden van die jaarrekening, tot en met 31 december 2025, het laatst op "
            "31 december 2025.",
        ),
        (
            "PUB-030/hit_three_within_thirty_days",
            "GB-COH-1",
            "each at most a tenth below its limit of 10,000 GBP, 28,300 GBP together",
            "elk ten hoogste een tiende onder de grens van 10.000 GBP, samen 28.300 GBP",
        ),
        (
            "PUB-170/hit_two_suppliers_and_one_that_no_register_knows",
            "GB-COH-2",
            "X is to be paid 100 GBP into an account (country GB), last on 2026-06-03, into which ONE LTD",
            "X krijgt 100 GBP op een rekening (land GB), het laatst op 3 juni 2026, waarop ook ONE LTD",
        ),
        (
            "PUB-170/hit_no_register_of_owners",
            "GB-COH-1",
            "TWO LTD is paid too; no complete register of owners is held that would show whether they",
            "TWO LTD wordt betaald; er is geen volledig register van eigenaren aanwezig",
        ),
        (
            "PUB-010/hit_no_register_of_owners",
            "GB-COH-1",
            "25,000 GBP; no complete register of owners is held that would show an older company above it.",
            "25.000 GBP; er is geen volledig register van eigenaren aanwezig dat een oudere vennootschap",
        ),
        (
            "PUB-160/hit_no_register_of_owners",
            "GB-COH-1",
            "(Supported living), and it has not, whatever its group may have (no complete register of owners "
            "is held), an industry code of health or care",
            "(Supported living), en zij heeft geen activiteitencode voor gezondheid of zorg (of haar "
            "groep er een heeft, is niet bekend: er is geen volledig register van eigenaren aanwezig)",
        ),
        (
            "PUB-200/hit_one_company_a_group_and_a_foreign_form",
            "GB-COH-1",
            "grants of 300,000.01 EUR (flagged above 300,000,",
            "300.000,01 EUR aan subsidies (signaal boven 300.000,",
        ),
        (
            "PUB-200/hit_only_a_sister_was_granted",
            "GB-COH-1",
            "From 2022 to 2024 the control group of X received grants of 350,000 EUR",
            "Van 2022 tot en met 2024 ontving de zeggenschapsgroep van X 350.000 EUR aan subsidies",
        ),
        (
            "PUB-200/hit_only_a_sister_was_granted",
            "GB-COH-2",
            "From 2022 to 2024 X received grants of 350,000 EUR",
            "Van 2022 tot en met 2024 ontving X 350.000 EUR aan subsidies",
        ),
        (
            "PRP-080/hit_above_a_fence_of_five_and_a_half",
            "A0x0",
            "A0x0 on 2026-01-05 among them: more than 5.5, the fence of the 20 acquirers of that time.",
            "waaronder A0x0 op 5 januari 2026: meer dan 5,5, de grens van de 20 verkrijgers van die tijd.",
        ),
        (
            "FLW-060/hit_two_sisters_granted_together",
            "GB-COH-1",
            "Up to 2025-03-21 the control group of X received 30,000 GBP of public money; on that day SISTER",
            "Tot en met 21 maart 2025 ontving de zeggenschapsgroep van X 30.000 GBP aan publiek geld; op die "
            "dag werd SISTER LTD",
        ),
        (
            "FLW-040/hit_in_two_currencies_without_a_rate",
            "FP-fc40a3d2f13a511fc0ad",
            "in the 180 days before, sums in several currencies in all",
            "geen betalingen waren, samen bedragen in verschillende valuta's",
        ),
        (
            "PRP-090/hit_evidence",
            "NL-BRK-1",
            "the sum is more than 20 per cent below €125,001,",
            "de som ligt meer dan 20 procent onder €125.001,",
        ),
        (
            "OWN-090/hit_one_director",
            "A",
            "each have an exact share of at least 24 and less than 25 per cent, together 72.0,",
            "elk een exact aandeel van ten minste 24 en minder dan 25 procent, samen 72,0,",
        ),
        (
            "OWN-090/hit_one_director",
            "B",
            "each have an exact share of more than 24 and at most 25 per cent, together 74.0,",
            "elk een exact aandeel van meer dan 24 en ten hoogste 25 procent, samen 74,0,",
        ),
        (
            "LNK-010/hit_listed_itself_and_candidate",
            "A",
            "X is itself on a sanctions list (Zed List and others).",
            "X staat zelf op een sanctielijst (Zed List en andere).",
        ),
        (
            "LNK-060/hit_which_entries_stop_a_contract",
            "G",
            "X is itself on a list of parties debarred from public contracts (UK Debarment List).",
            "X staat zelf op een lijst van partijen die van overheidsopdrachten zijn uitgesloten "
            "(UK Debarment List).",
        ),
        (
            "LNK-060/hit_which_entries_stop_a_contract",
            "F",
            "X is certainly controlled by a party that may be on a list of parties debarred",
            "X staat met zekerheid onder zeggenschap van een partij die mogelijk staat op een lijst",
        ),
        (
            "PUB-030/hit_beside_another_payer",
            "GB-COH-1",
            "Ashire Council paid X 3 invoices",
            "Ashire Council betaalde X",
        ),
        (
            "LNK-060/hit_each_link_at_home",
            "F",
            "X may itself be on a list of parties debarred from public contracts (Zed Bank), if a candidate "
            "of screening is the party listed; nobody has confirmed that.",
            "X staat mogelijk zelf op een lijst van partijen die van overheidsopdrachten zijn uitgesloten "
            "(Zed Bank), als een kandidaat uit de screening de partij op de lijst is; niemand heeft dat "
            "bevestigd.",
        ),
        (
            "LNK-010/hit_board_of_what_a_candidate_may_own",
            "A",
            "X might be owned or controlled by sanctioned parties",
            "X zou volgens de regel van",
        ),
        (
            "FLW-020/hit_each_kind",
            "FP-61d7b362e55fd4bc7f38",
            "paid 10,000 EUR on 2026-01-01, and 6,400 EUR came back to it: 3 payments between 3 parties,",
            "betaalde op 1 januari 2026 10.000 EUR en kreeg 6.400 EUR terug: 3 betalingen tussen 3 partijen,",
        ),
        (
            "PUB-170/hit_two_suppliers_and_one_that_no_register_knows",
            "GB-COH-3",
            "into which ABROAD GMBH and another are paid too",
            "waarop ook ABROAD GMBH en een ander worden betaald",
        ),
        (
            "LIF-010/hit_controller_officer_and_one_more",
            "GB-COH-4",
            ", 90 days before the insolvency of ",
            ", 90 dagen vóór de insolventie van ",
        ),
        (
            "LIF-010/hit_controller_officer_and_one_more",
            "GB-COH-3",
            ", 365 days after the insolvency of ",
            ", 365 dagen na de insolventie van ",
        ),
        (
            "LIF-070/hit_one_title_of_an_edition_before_the_day",
            "A",
            "is still proprietor of 1 title, T1, in the edition of",
            "rechthebbende van 1 onroerende zaak (T1).",
        ),
        (
            "LNK-030/hit_certain_possible_and_candidate",
            "C",
            "has 1 beneficial owner that may be on a list of politically exposed persons:",
            "heeft 1 uiteindelijk belanghebbende, mogelijk op een lijst van politiek prominente personen:",
        ),
        (
            "LNK-040/hit_a_party_above_at_any_share",
            "A",
            "X has a party above it, 1 step up, that is in a data set of leaked documents.",
            "X heeft 1 stap hoger een partij boven zich, en die komt voor in een verzameling gelekte "
            "documenten.",
        ),
        (
            "LNK-050/hit_one_beneficial_owner",
            "A",
            ", and they share a beneficial owner; it is so in",
            ", en zij hebben een uiteindelijk belanghebbende gemeen; dat is zo bij",
        ),
        (
            "LIF-060/hit_a_group_failed_on_one_day",
            "GB-COH-0",
            "3 entities became insolvent on 2020-06-01 while the controller of X controlled them",
            "3 entiteiten werden op 1 juni 2020 insolvent terwijl wie zeggenschap heeft over X",
        ),
        (
            "LIF-060/hit_three_within_36_months",
            "GB-COH-1",
            "3 entities became insolvent from 2023-06-01 to 2026-06-01 while",
            "3 entiteiten werden van 1 juni 2023 tot en met 1 juni 2026 insolvent terwijl",
        ),
    ],
    ids=lambda value: value.split("/")[0] if "/hit" in value else "",
)
def test_a_sentence_says_what_its_case_holds(case: str, subject_id: str, english: str, dutch: str) -> None:
    indicator = indicators()[case.partition("/")[0]]
    assert indicator.dutch is not None
    query = indicator.states
    with load(CASES / f"{case}.txt") as connection:
        result = connection.execute(query, indicator.bound_values(query, AS_OF))
        names = [column[0] for column in result.description]
        states = (dict(zip(names, row, strict=True)) for row in result.fetchall())
    state = next(state for state in states if state["subject_id"] == subject_id) | {"subject_name": "X"}
    assert english in indicator.sentence.format_map(state)
    assert dutch in DutchFormatter(indicator.dutch).format_map(indicator.dutch.sentence, state)
