"""A film's exercises as text: questions to answer alone, each answer folded away until somebody opens it."""

from collections.abc import Iterator, Mapping, Sequence
from html import escape

from render.chapter import ClipPiece
from render.chapter_check import ChapterFacts

HEADINGS = {  # of all exercises, and over a folded hint and answer; other languages have the English ones
    "de": ("Aufgaben", "Tipp", "Antwort"),
    "en": ("Exercises", "Hint", "Answer"),
    "es": ("Ejercicios", "Pista", "Respuesta"),
    "fr": ("Exercices", "Indice", "Réponse"),
    "it": ("Esercizi", "Suggerimento", "Risposta"),
    "pt": ("Exercícios", "Dica", "Resposta"),
}


def clock(seconds: float) -> str:
    """Whole seconds as 0:07, 12:05 or 1:02:33."""
    whole = int(seconds)
    hours, minutes = divmod(whole // 60, 60)
    return f"{hours}:{minutes:02}:{whole % 60:02}" if hours else f"{minutes}:{whole % 60:02}"


def exercises(pieces: Sequence[ClipPiece], facts: ChapterFacts) -> str:
    """Each question with the place in the film where it is asked, hint and answer folded away; empty if none is asked.

    Markdown, with <details> where it folds: what is inside is set as Markdown too, because an empty line is before it.
    """
    parts = []
    for piece, mark in zip(pieces, facts.marks, strict=True):
        if piece.exercise:
            parts.append(f"## {piece.title} ({clock(mark.first_frame / facts.fps)})\n\n{piece.exercise['question']}\n")
            parts += [
                f"<details>\n<summary>{heading}</summary>\n\n{text}\n\n</details>\n"
                for heading, text in _folded(piece.exercise, facts.lang)
            ]
    head = f"# {HEADINGS.get(facts.lang, HEADINGS['en'])[0]}: {facts.title}\n"
    return "\n".join([head, *parts]) if parts else ""


def exercise_html(exercise: Mapping[str, str], lang: str) -> Iterator[str]:
    """The same of one scene for the page, nothing if it asks nothing."""
    if exercise:
        yield f'<div class="exercise">\n{_paragraphs(exercise["question"])}'
        for heading, text in _folded(exercise, lang):
            yield f"<details><summary>{heading}</summary>\n{_paragraphs(text)}\n</details>"
        yield "</div>"


def _folded(exercise: Mapping[str, str], lang: str) -> Iterator[tuple[str, str]]:
    """The headings and texts of what is folded away: the hint, if there is one, and the answer."""
    _, *headings = HEADINGS.get(lang, HEADINGS["en"])
    for name, heading in zip(("hint", "answer"), headings, strict=True):
        if name in exercise:
            yield heading, exercise[name]


def _paragraphs(text: str) -> str:
    return "\n".join(f"<p>{escape(part.strip())}</p>" for part in text.split("\n\n"))
