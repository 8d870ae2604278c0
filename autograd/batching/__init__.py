"""Many examples in one array: what `vmap` and `jacobian` compute with. Start with `array`."""
