"""Unpack compressed files and archives as streams, within what one input may give."""
