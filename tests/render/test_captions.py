from dataclasses import replace

from hypothesis import given
from hypothesis import strategies as st

from render.captions import WIDTH, Caption, Spoken, captions, to_srt, to_vtt

WORDS = st.text(st.characters(exclude_categories=["Z", "C"]), min_size=1, max_size=50)
TEXTS = st.lists(WORDS | st.sampled_from(["and", "which", "ends.", "pauses,", "(so"]), max_size=60).map(" ".join)


@st.composite
def films(draw):
    """Lines one after the other, some with a pause between, some running into the next."""
    spoken, start_s = [], 0.0
    for text in draw(st.lists(TEXTS, min_size=1, max_size=5)):
        length_s = draw(st.floats(0, 30))
        spoken.append(Spoken(text, start_s, start_s + length_s))
        start_s += draw(st.floats(0, 40))
    return spoken


def words_of(found):
    return [word for caption in found for line in caption.lines for word in line.split()]


@given(films())
def test_no_word_is_lost_or_moved(spoken):
    assert words_of(captions(spoken)) == [word for line in spoken for word in line.text.split()]


@given(films())
def test_a_caption_has_one_or_two_lines_of_at_most_42_characters_or_one_long_word(spoken):
    for caption in captions(spoken):
        assert 1 <= len(caption.lines) <= 2
        assert all(len(line) <= WIDTH or " " not in line for line in caption.lines)


@given(films())
def test_captions_never_overlap_and_stay_within_their_line(spoken):
    found = captions(spoken)
    assert all(a.end_ms <= b.start_ms for a, b in zip(found, found[1:], strict=False))
    for line in spoken:
        own = captions([line])
        times = [ms for caption in own for ms in (caption.start_ms, caption.end_ms)]
        assert times == sorted(times)
        if own:
            assert (times[0], times[-1]) == (round(line.start_s * 1000), round(line.end_s * 1000))


def test_a_line_is_broken_where_a_reader_would_pause():
    text = (
        "All together that is 13,002 numbers. Learning means finding values for them, so that the network solves the "
        "problem it was given, even on pictures that it has never seen before."
    )
    assert [caption.lines for caption in captions([Spoken(text, 0, 12)])] == [
        ("All together that is 13,002 numbers.", "Learning means finding values for them,"),
        ("so that the network solves", "the problem it was given,"),
        ("even on pictures", "that it has never seen before."),
    ]


def test_a_short_line_is_one_caption_over_its_whole_time():
    assert captions([Spoken("And once more.", 1.0, 2.25)]) == [Caption(("And once more.",), 1000, 2250)]


def test_words_without_a_pause_are_divided_evenly():
    (caption,) = captions([Spoken("ten " * 20, 0, 4)])
    assert caption.lines == (" ".join(["ten"] * 10),) * 2


def test_the_captions_of_a_line_share_its_time_by_their_characters():
    found = captions([Spoken(f"{'a' * 30}. {'b' * 35}. {'c' * 30}, {'d' * 35}.", 10.0, 23.3)])
    assert [(c.start_ms, c.end_ms) for c in found] == [(10_000, 16_650), (16_650, 23_300)]


def test_a_caption_begins_with_its_first_word_where_that_is_known():
    text = f"{'a' * 30}. {'b' * 35}. {'c' * 30}, {'d' * 35}."
    found = captions([Spoken(text, 10.0, 23.3, (10.0, 12.0, 14.5, 20.0))])
    assert [(c.start_ms, c.end_ms) for c in found] == [(10_000, 14_500), (14_500, 23_300)]


def test_a_caption_that_is_said_faster_than_it_is_read_stays_as_far_as_the_next_one_can_wait():
    text = f"{'a' * 33}. {'b' * 33}. {'c' * 33}. {'d' * 33}."  # 68 characters in each caption: 4 s
    assert captions([Spoken(text, 0.0, 9.0, (0.0, 1.5, 3.0, 6.0))])[1].start_ms == 4000
    assert captions([Spoken(text, 0.0, 7.5, (0.0, 1.5, 3.0, 6.0))])[1].start_ms == 3500
    assert captions([Spoken(text, 0.0, 6.5, (0.0, 1.5, 3.0, 6.0))])[1].start_ms == 3000


@given(films(), st.randoms())
def test_captions_stay_in_order_whatever_is_known_of_the_words(spoken, chance):
    told = [replace(s, words_s=tuple(chance.uniform(-9, 99) for _ in s.text.split())) for s in spoken]
    found = captions(told)
    assert words_of(found) == words_of(captions(spoken))
    assert all(c.start_ms <= c.end_ms for c in found)
    assert all(a.end_ms <= b.start_ms for a, b in zip(found, found[1:], strict=False))


def test_a_caption_gives_way_to_the_next_line():
    found = captions([Spoken("First.", 0, 2.0), Spoken("Second.", 1.5, 3.0)])
    assert [(c.start_ms, c.end_ms) for c in found] == [(0, 1500), (1500, 3000)]


def test_a_line_without_words_has_no_caption():
    assert captions([Spoken("  \n ", 0, 1)]) == []


def test_webvtt_is_written_with_its_signs_escaped():
    found = [Caption(("a < b & c", "--> d"), 999, 3_723_004), Caption(("e",), 3_723_004, 3_724_000)]
    assert to_vtt(found) == (
        "WEBVTT\n\n00:00:00.999 --> 01:02:03.004\na &lt; b &amp; c\n--&gt; d\n\n01:02:03.004 --> 01:02:04.000\ne\n"
    )
    assert to_vtt([]) == "WEBVTT\n"


def test_subrip_is_numbered_from_one_with_commas_in_its_times():
    found = [Caption(("a", "b"), 0, 1500), Caption(("c",), 1500, 2000)]
    assert to_srt(found) == "1\n00:00:00,000 --> 00:00:01,500\na\nb\n\n2\n00:00:01,500 --> 00:00:02,000\nc\n"
    assert to_srt([]) == ""
