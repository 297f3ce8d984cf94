"""Which scenes follow from a model, read from what they and their recipes declare."""

from render.catalog import scenes_of, with_needs
from scenes.chapters import CHAPTERS


def scenes_about(model):
    """Names of the scenes of chapter 1 that draw or tell something of a model, near or far."""
    asked = {scene.name: with_needs((*scene.needs, *scene.spoken_of())) for scene in scenes_of(CHAPTERS[0])}
    return [name for name, made in asked.items() if any(model in recipe.configs for recipe in made)]
