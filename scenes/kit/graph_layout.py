"""Where the nodes of a small directed graph stand: in layers, with few crossings."""

from collections.abc import Sequence
from itertools import combinations

import networkx  # type: ignore[import-untyped]  # a dependency of manim, without types of its own
import numpy as np

SWEEPS = 8  # over all layers, forwards and backwards in turn


def layers_of(count: int, edges: Sequence[tuple[int, int]], names: Sequence[str]) -> np.ndarray:
    """Layer of each node, (n,): the last layer minus the longest path from the node to an end.

    So each input stands right before what it goes into. Raises: ValueError for a cycle, or an edge to no node.
    """
    for start, end in edges:
        if not (0 <= start < count and 0 <= end < count):
            raise ValueError(f"The edge ({start}, {end}) leads to no node: there are {count}.")
    graph = networkx.DiGraph()
    graph.add_nodes_from(range(count))
    graph.add_edges_from((end, start) for start, end in edges)
    try:
        generations = list(networkx.topological_generations(graph))
    except networkx.NetworkXUnfeasible as error:
        cycle = " to ".join(names[end] for _, end in reversed(networkx.find_cycle(graph)))
        raise ValueError(f"A computation graph has no cycle, found one through {cycle}.") from error
    layer = np.zeros(count, dtype=int)
    for index, generation in enumerate(generations):
        layer[generation] = len(generations) - 1 - index
    return layer


def layered(
    count: int, edges: Sequence[tuple[int, int]], names: Sequence[str]
) -> tuple[np.ndarray, list[list[tuple[float, float]]]]:
    """Layer and height of each node, (n, 2), and for each edge the places that it goes through between its layers.

    Heights are whole steps around 0. Every layer that an edge passes has a place for it, and the order within the
    layers is the one with the fewest crossings of those that the sweeps find.
    """
    layer = layers_of(count, edges, names)
    depth, links, chains = [int(i) for i in layer], list[tuple[int, int]](), []
    for start, end in edges:
        chain = [start]
        for between in range(int(layer[start]) + 1, int(layer[end])):
            depth.append(between)
            chain.append(len(depth) - 1)
        chain.append(end)
        links += zip(chain[:-1], chain[1:], strict=True)
        chains.append(chain[1:-1])
    height = _heights(depth, links)
    places = np.stack([np.array(depth, dtype=float), height], axis=1)  # (n and passages, 2)
    return places[:count], [[(float(places[i, 0]), float(places[i, 1])) for i in chain] for chain in chains]


def _heights(depth: list[int], links: list[tuple[int, int]]) -> np.ndarray:
    """Height of each node and passage: the mean of its neighbours' decides the order, fewest crossings win."""
    rows = [[i for i, d in enumerate(depth) if d == level] for level in range(max(depth) + 1)]
    best, fewest = _spread(rows, len(depth)), crossings(_spread(rows, len(depth)), depth, links)
    for sweep in range(SWEEPS):
        forwards = sweep % 2 == 0
        for row in rows if forwards else reversed(rows):
            height = _spread(rows, len(depth))
            beside = {i: [a if forwards else b for a, b in links if (b if forwards else a) == i] for i in row}
            row.sort(key=lambda i: float(np.mean(height[beside[i]])) if beside[i] else float(height[i]), reverse=True)
        found = crossings(_spread(rows, len(depth)), depth, links)
        if found < fewest:
            best, fewest = _spread(rows, len(depth)), found
    return best


def _spread(rows: list[list[int]], count: int) -> np.ndarray:
    height = np.zeros(count)
    for row in rows:
        height[row] = (len(row) - 1) / 2 - np.arange(len(row))
    return height


def crossings(height: np.ndarray, depth: Sequence[int], links: Sequence[tuple[int, int]]) -> int:
    """How many pairs of links between the same two layers cross."""
    pairs = combinations(links, 2)
    same = ((a, b) for a, b in pairs if depth[a[0]] == depth[b[0]])
    return sum((height[a[0]] - height[b[0]]) * (height[a[1]] - height[b[1]]) < 0 for a, b in same)
