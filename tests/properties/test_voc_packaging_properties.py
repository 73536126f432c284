"""VOC contents, verdicts and void ratios: what holds for every product and every limit of the tables."""

from fractions import Fraction

from hypothesis import given
from hypothesis import strategies as st

from app.assessment.indicator_system import Verification
from app.audit.packaging import void_ratio
from app.audit.voc import CANNOT, Content, Match, content_in, low_voc, standard_state, verdict
from app.forms.figure import Tone
from app.forms.reference import VocLimit
from tests.helpers.forms import shipped_reference

REFERENCE = shipped_reference()
STANDARDS = {standard.id: standard for standard in REFERENCE.standards}

percents = st.fractions(0, 100, max_denominator=1000)
densities = st.fractions(Fraction(1, 2), 3, max_denominator=100)
thinners = st.fractions(Fraction(1, 10), 500, max_denominator=10)
days = st.sampled_from(["", "2020-01-01", "2026-05-31", "2026-06-01", "2026-11-20", "2030-01-01"])
contents = st.builds(
    Content,
    st.none() | percents,
    st.none() | st.fractions(0, 2000, max_denominator=10),
    st.none() | densities,
    st.none() | thinners,
    st.none() | percents,
)
limits = st.sampled_from(REFERENCE.voc_limits)


@given(percents, densities)
def test_percent_to_grams_per_litre_and_back_is_the_same(
    percent: Fraction, density: Fraction
) -> None:
    grams = content_in("g/L", Content(percent=percent, density=density)).value
    assert grams is not None
    assert content_in("%", Content(grams=grams, density=density)).value == percent
    assert content_in("g/kg", Content(percent=percent)).value == percent * 10


@given(percents, percents, thinners)
def test_a_mix_lies_between_its_parts(
    product: Fraction, thinner: Fraction, amount: Fraction
) -> None:
    mixed = content_in("%", Content(percent=product, thinner=amount, thinner_percent=thinner)).value
    assert mixed is not None
    assert min(product, thinner) <= mixed <= max(product, thinner)
    # the solvent in the parts is the solvent in the mix
    assert mixed * (100 + amount) == product * 100 + thinner * amount


@given(limits, contents, days)
def test_a_limit_that_may_not_be_used_never_judges(
    limit: VocLimit, content: Content, day: str
) -> None:
    judged = verdict(Match((limit,)), content, STANDARDS, day)
    usable = (
        limit.limit is not None
        and limit.verification is not Verification.RECALLED
        and not standard_state(STANDARDS[limit.standard], day)
    )
    if not usable or content_in(limit.unit, content).value is None:
        assert (judged.words, judged.tone) == (CANNOT, Tone.UNSURE)
        assert judged.note
        assert not low_voc(Match((limit,)), judged).words.startswith("是")
    else:
        assert judged.tone in (Tone.GOOD, Tone.BAD)
        # nothing here has been compared with a print, and each verdict says so
        assert judged.words.endswith("（待核）")
        assert judged.formula


@given(limits, percents, percents, densities)
def test_more_voc_is_never_judged_better(
    limit: VocLimit, one: Fraction, other: Fraction, density: Fraction
) -> None:
    less, more = sorted((one, other))
    tones = [
        verdict(
            Match((limit,)), Content(percent=value, density=density), STANDARDS, "2026-01-01"
        ).tone
        for value in (less, more)
    ]
    assert tones != [Tone.BAD, Tone.GOOD]


@given(
    st.fractions(1, 10000, max_denominator=10),
    st.fractions(1, 10000, max_denominator=10),
    st.fractions(0, 10000, max_denominator=10),
    st.sampled_from([one.k for one in REFERENCE.package_classes if one.k is not None]),
)
def test_a_larger_box_is_never_less_empty(
    one: Fraction, other: Fraction, content: Fraction, k: Fraction
) -> None:
    small, large = sorted((one, other))
    assert void_ratio(small, content, k) <= void_ratio(large, content, k) <= 100
    assert void_ratio(large, content, k) >= void_ratio(large, content + 1, k)
