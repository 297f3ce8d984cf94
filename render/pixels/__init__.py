"""From mobjects to pixels: display lists, rasterisers, colour conversion."""
