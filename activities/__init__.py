"""Everything that touches the world, as classes that are given their clients."""
