"""The chapters and the kit's gallery: an ordered tuple of scenes each.

Scenes are named as strings, so that listing them imports no manim.
"""

from dataclasses import dataclass


@dataclass(frozen=True)
class Chapter:
    """One video. Scenes are ``folder.module:ClassName`` below ``scenes``, in the order they are shown."""

    number: int
    slug: str
    title: str
    scenes: tuple[str, ...]


CHAPTERS = (
    Chapter(
        1,
        "what-is-a-neural-network",
        "What is a neural network?",
        (
            "ch01_neural_network.cards:TenDigitsToRead",
            "ch01_neural_network.threes:ThreesOnlyLookAlike",
            "ch01_neural_network.pixel_values:PixelsAreNumbers",
            "ch01_neural_network.stream:DigitsStreamThrough",
            "ch01_neural_network.kinds:OneKindAmongMany",
            "ch01_neural_network.held_number:HeldNumber",
            "ch01_neural_network.pixel_layer:PixelsBecomeALayer",
            "ch01_neural_network.forward_pass:NumbersFlowForward",
            "ch01_neural_network.moons:StraightLayersStayStraight",
            "ch01_neural_network.hoped_parts:PartsWeHopeFor",
            "ch01_neural_network.kernels:AKernelFindsEdges",
            "ch01_neural_network.no_loops:NoLoopsNoEdges",
            "ch01_neural_network.sound_parts:SoundIsMadeOfParts",
            "ch01_neural_network.one_neuron:OneNeuronWeighsOnePattern",
            "ch01_neural_network.squish:SquishedBetweenZeroAndOne",
            "ch01_neural_network.bias:TheBiasSetsTheBar",
            "ch01_neural_network.counting:EveryKnobCounted",
            "ch01_neural_network.widths:WiderOrDeeper",
            "ch01_neural_network.learning:LearningTurnsTheKnobs",
            "ch01_neural_network.wrong:SureAndWrong",
            "ch01_neural_network.one_layer:OneLayerIsOneProduct",
            "ch01_neural_network.code:FourLinesOfCode",
            "ch01_neural_network.function:TheNetworkIsAFunction",
            "ch01_neural_network.chances:TenChances",
            "ch01_neural_network.so_far:TheStorySoFar",
            "ch01_neural_network.bend:ABendLearnsFaster",
            "ch01_neural_network.starts:NeuronsThatCannotLearn",
            "ch01_neural_network.exercises:CountThemYourself",
            "ch01_neural_network.exercises:WhichGridFires",
            "ch01_neural_network.cards:ReadFromTrainedNetworks",
        ),
    ),
)

GALLERY = Chapter(
    0,
    "gallery",
    "The kit",
    (
        "gallery.plot:PlotOfALoss",
        "gallery.plot:WeightsSpreadAsTheCostFalls",
        "gallery.plot:ActivationsStandOnTheirSide",
        "gallery.pixel_grid:PictureAsColumn",
        "gallery.pixel_grid:WeightsOfSixteenNeurons",
        "gallery.network:ProductsRunThroughTheNetwork",
        "gallery.network:WhatOneNeuronListensTo",
        "gallery.number_array:WeightsBeforeAndAfterTraining",
        "gallery.field2d:DownhillEverywhere",
        "gallery.path2d:DownhillFromManyStarts",
        "gallery.reel:WeightsGrowFromNoise",
        "gallery.neuron_block:EachDigitFillsTheLayerAnew",
        "gallery.countdown:FiveSecondsToThink",
        "gallery.token_row:DigitsAttendToTheirOwnKind",
        "gallery.equation:OneLayerIsOneLine",
        "gallery.counter:EveryParameterIsCounted",
        "gallery.embed3d:EachDigitHasItsPlace",
        "gallery.embed3d:ADifferenceIsAnArrow",
        "gallery.bar_chart:TemperatureFlattensTheChances",
        "gallery.bar_chart:AfterHComesE",
        "gallery.attention_grid:ScoresBecomeAttention",
        "gallery.number_line:OneNeuronFiveDigits",
        "gallery.leaderboard:EachLetterHasOtherFollowers",
        "gallery.sample_loop:TextGrowsByOneDrawAtATime",
        "gallery.stack3d:TheStreamGrows",
        "gallery.comp_graph:GradientsComeBackThroughTheGraph",
        "gallery.mat_vec:EachSumUsesAWholeRow",
        "gallery.loss_surface:TrainingRollsIntoAValley",
        "gallery.provenance:EveryPictureNamesItsNumbers",
    ),
)
"""Each component of the kit, drawn from real arrays: scenes like any other, though no chapter is made of them."""
