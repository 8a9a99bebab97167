"""Documents as Word files: the same content as the PDF, in a template that an office may edit.

One general template (templates/documents/word/van-ban.docx, made by ``manage.py make_word_template``) serves every kind and every
layout: what differs between the Party's and the State's documents are words, sizes and rules, and those come from the row of the
layout. One per kind and layout would be a dozen files that say the same and drift apart. A kind whose office has uploaded a
template of its own uses that (wordtemplates.py).
"""

from dvk_portal.core.documents.word.rendering import render, standard_template, texts_of

__all__ = ["render", "standard_template", "texts_of"]
