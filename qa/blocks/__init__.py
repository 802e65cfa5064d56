"""The blocks an answer is made of. Each knows its own data and has one template in ``templates/qa/blocks/``."""

from qa.blocks.answer import AnswerBlock

__all__ = ["AnswerBlock"]
