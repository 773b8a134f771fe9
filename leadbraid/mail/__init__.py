"""Building one message and handing it over."""
