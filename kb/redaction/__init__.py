"""Masking of what may identify a person: one module a kind. Other packages import this one."""

from kb.redaction.masks import MAX_CHARS, mask, mask_cards

__all__ = ["MAX_CHARS", "mask", "mask_cards"]
